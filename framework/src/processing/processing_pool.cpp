#include "processing/processing_pool.h"

namespace carafe::processing {

ProcessingPool::ProcessingPool(std::size_t threads) {
    threads_.reserve(threads);
    for (std::size_t count = 0; count < threads; ++count) {
        threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
}

ProcessingPool::~ProcessingPool() {
    for (std::jthread& thread : threads_) {
        thread.request_stop();
    }
    threads_.clear();
}

void ProcessingPool::schedule(std::shared_ptr<Job> job) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(job));
    }
    ready_.notify_one();
}

bool ProcessingPool::has_waiting() {
    const std::lock_guard lock(mutex_);
    return !queue_.empty();
}

bool ProcessingPool::has_waiting(Time since, Time now) {
    constexpr std::chrono::microseconds kTurn{500};
    return now - since >= kTurn && has_waiting();
}

void ProcessingPool::schedule_at(Time when, std::weak_ptr<Job> job) {
    bool is_next = false;
    {
        const std::lock_guard lock(mutex_);
        is_next = timers_.emplace(when, std::move(job)) == timers_.begin();
    }
    if (is_next) {
        ready_.notify_one();
    }
}

void ProcessingPool::collect_due(Time now) {
    while (!timers_.empty() && timers_.begin()->first <= now) {
        if (auto job = timers_.begin()->second.lock()) {
            queue_.push_back(std::move(job));
        }
        timers_.erase(timers_.begin());
    }
}

void ProcessingPool::work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        collect_due(std::chrono::steady_clock::now());
        if (!queue_.empty()) {
            std::shared_ptr<Job> job = std::move(queue_.front());
            queue_.pop_front();
            if (!queue_.empty()) {
                ready_.notify_one();
            }
            lock.unlock();
            job->run();
            job.reset();  // may end the job: never under the lock
            lock.lock();
        } else if (timers_.empty()) {
            ready_.wait(lock, stop, [this] { return !queue_.empty() || !timers_.empty(); });
        } else {
            const Time due = timers_.begin()->first;
            ready_.wait_until(lock, stop, due, [this, due] {
                return !queue_.empty() || (!timers_.empty() && timers_.begin()->first < due);
            });
        }
    }
}

}  // namespace carafe::processing
