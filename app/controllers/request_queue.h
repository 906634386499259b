#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "carafe/http/request.h"
#include "carafe/http/response.h"
#include "carafe/http/router.h"

namespace shop {

// Serves requests that have to wait for something (the database, a password's hash) on threads of
// its own, so that no HTTP thread ever waits. Whatever that something does, each request has an
// answer by its deadline: one too many gets 503 at once, one that is not done gets 503 then, and
// what its action answers later is dropped. Thread-safe.
class RequestQueue {
public:
    struct Options {
        int threads = 8;
        std::size_t max_waiting = 256;
        std::chrono::milliseconds deadline{950};
    };

    explicit RequestQueue(Options options);
    // Answers what still waits with 503; waits for the actions under way.
    ~RequestQueue();
    RequestQueue(const RequestQueue&) = delete;
    RequestQueue& operator=(const RequestQueue&) = delete;

    // Called by an HTTP thread. The action sees a copy of the request; its exceptions become
    // responses as the router's do. It may itself defer: who holds the Deferred then answers.
    carafe::http::Response serve(
        const carafe::http::Request& request, carafe::http::Handler action
    );

private:
    struct Job {
        carafe::http::Request request;
        carafe::http::Handler action;
        std::shared_ptr<carafe::http::Deferred> deferred;
        std::chrono::steady_clock::time_point deadline;
        bool is_over = false;
    };
    using Jobs = std::deque<std::shared_ptr<Job>>;
    struct Late {
        std::shared_ptr<carafe::http::Deferred> deferred;
        std::string path;
    };

    void work();
    static void carry_out(Job& job);
    void watch();
    // Takes those that are over, or whose deadline has passed, out of `open_`; returns the latter.
    std::vector<Late> take_late(std::chrono::steady_clock::time_point now);

    const Options options_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::condition_variable changed_;
    Jobs waiting_;  // not begun
    Jobs open_;     // not over, and some that are, in the order they came
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace shop
