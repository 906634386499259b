#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace carafe::processing {

// Something that runs for a while on a processing thread. run() must not throw.
class Job {
public:
    virtual ~Job() = default;
    virtual void run() = 0;
};

// The processing threads, shared by all partitions of all groups. A job is run by one thread as
// often as it was scheduled; the caller sees to it that it is not scheduled twice at once.
class ProcessingPool {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit ProcessingPool(std::size_t threads);
    // Jobs that have not started by then are dropped.
    ~ProcessingPool();
    ProcessingPool(const ProcessingPool&) = delete;
    ProcessingPool& operator=(const ProcessingPool&) = delete;

    void schedule(std::shared_ptr<Job> job);
    void schedule_at(Time when, std::weak_ptr<Job> job);
    // Jobs wait for a thread: whoever runs long should let them.
    [[nodiscard]] bool has_waiting();
    // The same for a job whose steps are many and short: only after a turn of half a millisecond,
    // as changing places costs about a microsecond.
    [[nodiscard]] bool has_waiting(Time since, Time now);

private:
    void work(const std::stop_token& stop);
    // Moves what is due from the timers to the queue; mutex_ is held.
    void collect_due(Time now);

    std::mutex mutex_;
    std::condition_variable_any ready_;
    std::deque<std::shared_ptr<Job>> queue_;
    std::multimap<Time, std::weak_ptr<Job>> timers_;
    std::vector<std::jthread> threads_;
};

}  // namespace carafe::processing
