#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace shop {

// One thread for what the realtime server's thread must not wait for: questions to the database.
// Runs `tick` every `interval`, and tasks as they come, one after the other. Both may throw; that
// is logged. Thread-safe.
class Backstage {
public:
    using Task = std::function<void()>;
    static constexpr std::size_t kMostTasks = 10'000;

    Backstage(std::chrono::milliseconds interval, Task tick);
    // Drops the tasks that have not begun.
    ~Backstage();
    Backstage(const Backstage&) = delete;
    Backstage& operator=(const Backstage&) = delete;

    // False when too many tasks wait.
    bool run(Task task);

private:
    void loop();

    const std::chrono::milliseconds interval_;
    const Task tick_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Task> tasks_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace shop
