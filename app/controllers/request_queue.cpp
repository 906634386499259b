#include "app/controllers/request_queue.h"

#include "carafe/http/problem.h"

namespace shop {

namespace {

using carafe::http::Problem;
using carafe::http::Request;
using carafe::http::Response;
using Clock = std::chrono::steady_clock;

Response overloaded(const std::string& path) {
    return Problem(503, "The server has too much to do for the moment.")
        .with("Retry-After", "1")
        .response(path);
}

Response too_slow(const std::string& path) {
    return Problem(503, "Something this request needs does not answer for the moment.")
        .with("Retry-After", "1")
        .response(path);
}

}  // namespace

RequestQueue::RequestQueue(Options options) : options_(options) {
    for (int i = 0; i < options_.threads; ++i) {
        threads_.emplace_back([this] { work(); });
    }
    threads_.emplace_back([this] { watch(); });
}

RequestQueue::~RequestQueue() {
    Jobs left;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        left.swap(waiting_);
        for (const auto& job : left) {
            job->is_over = true;
        }
    }
    arrived_.notify_all();
    changed_.notify_all();
    for (const auto& job : left) {
        job->deferred->answer(overloaded(job->request.path));
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

Response RequestQueue::serve(const Request& request, carafe::http::Handler action) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || waiting_.size() >= options_.max_waiting) {
            return overloaded(request.path);
        }
    }
    auto job = std::make_shared<Job>();
    job->deferred = request.defer();
    if (!job->deferred) {
        return overloaded(request.path);
    }
    job->request = request;
    job->request.make_deferred = [deferred = job->deferred] { return deferred; };
    job->action = std::move(action);
    job->deadline = Clock::now() + options_.deadline;
    {
        const std::lock_guard lock(mutex_);
        // The check above was another HTTP thread's too: there may be one more than max_waiting for
        // each of them.
        waiting_.push_back(job);
        open_.push_back(job);
        if (open_.size() == 1) {
            changed_.notify_one();
        }
    }
    arrived_.notify_one();
    return Response::deferred();
}

void RequestQueue::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        arrived_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) {
            return;
        }
        const std::shared_ptr<Job> job = std::move(waiting_.front());
        waiting_.pop_front();
        if (job->is_over) {
            continue;
        }
        lock.unlock();
        carry_out(*job);
        lock.lock();
        job->is_over = true;
        job->deferred.reset();  // `open_` may hold the job for a while
        job->request = {};
    }
}

void RequestQueue::carry_out(Job& job) {
    Response response = carafe::http::answer(job.action, job.request);
    if (!response.is_deferred) {
        job.deferred->answer(std::move(response));
    }
}

void RequestQueue::watch() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (open_.empty()) {
            changed_.wait(lock, [this] { return stopping_ || !open_.empty(); });
            continue;
        }
        changed_.wait_until(lock, open_.front()->deadline, [this] { return stopping_; });
        const std::vector<Late> late = take_late(Clock::now());
        lock.unlock();
        for (const Late& each : late) {
            each.deferred->answer(too_slow(each.path));
        }
        lock.lock();
    }
}

std::vector<RequestQueue::Late> RequestQueue::take_late(Clock::time_point now) {
    std::vector<Late> late;
    while (!open_.empty() && (open_.front()->is_over || open_.front()->deadline <= now)) {
        Job& job = *open_.front();
        if (!job.is_over) {
            job.is_over = true;
            late.push_back({job.deferred, job.request.path});
        }
        open_.pop_front();
    }
    return late;
}

}  // namespace shop
