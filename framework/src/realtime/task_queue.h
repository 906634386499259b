#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

namespace carafe::realtime {

// Tasks that other threads leave for the loop, first come, first served. Bounded: a thread that
// outruns the loop waits, so that events queue where they are durable and not in memory.
class TaskQueue {
public:
    using Task = std::function<void()>;
    enum class WhenFull { wait, grow };  // grow: for the loop's own thread, which cannot wait

    explicit TaskQueue(std::size_t max_tasks) : max_tasks_(max_tasks) {}

    // True when the queue was idle: somebody has to begin to run it. Dropped once closed.
    [[nodiscard]] bool push(Task task, WhenFull when_full);
    // Runs the oldest task. True when there are more.
    bool run_one();
    // Wakes who waits; nothing runs any more.
    void close();

private:
    const std::size_t max_tasks_;
    std::mutex mutex_;
    std::condition_variable has_room_;
    std::deque<Task> tasks_;
    bool running_ = false;
    bool closed_ = false;
};

}  // namespace carafe::realtime
