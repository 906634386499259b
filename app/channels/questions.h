#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace shop {

// Questions to the database that the realtime server's thread must not wait for: asked one after
// the other on a thread of their own. One that meets carafe::postgres::Unavailable is asked again
// until there is an answer; other exceptions are logged. Thread-safe.
class Questions {
public:
    using Question = std::function<void()>;
    static constexpr std::size_t kMostWaiting = 10'000;

    Questions();
    // Drops those that wait.
    ~Questions() = default;
    Questions(const Questions&) = delete;
    Questions& operator=(const Questions&) = delete;

    // False when too many wait.
    bool ask(Question question);

private:
    void run(const std::stop_token& stop);
    static bool is_answered(const Question& question);

    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Question> waiting_;
    std::jthread thread_;
};

}  // namespace shop
