#include "realtime/task_queue.h"

#include <utility>

namespace carafe::realtime {

bool TaskQueue::push(Task task, WhenFull when_full) {
    std::unique_lock lock(mutex_);
    if (when_full == WhenFull::wait) {
        has_room_.wait(lock, [this] { return closed_ || tasks_.size() < max_tasks_; });
    }
    if (closed_) {
        return false;
    }
    tasks_.push_back(std::move(task));
    return !std::exchange(running_, true);
}

bool TaskQueue::run_one() {
    Task task;
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || tasks_.empty()) {
            running_ = false;
            return false;
        }
        task = std::move(tasks_.front());
        tasks_.pop_front();
    }
    has_room_.notify_one();
    task();
    const std::lock_guard lock(mutex_);
    running_ = !tasks_.empty() && !closed_;
    return running_;
}

void TaskQueue::close() {
    std::deque<Task> dropped;  // destroyed outside the lock: tasks own what they like
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        dropped.swap(tasks_);
    }
    has_room_.notify_all();
}

}  // namespace carafe::realtime
