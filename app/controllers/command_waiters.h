#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "app/auth/identity.h"
#include "app/models/database.h"
#include "app/models/order.h"
#include "carafe/http/request.h"

namespace shop {

// A request that waits for what becomes of its command.
struct WaitingRequest {
    std::string command_id;
    Order order;  // as it was when the command was sent
    Role viewer = Role::kUser;
    std::chrono::steady_clock::time_point deadline;
    std::string path;  // of the request, for a problem's `instance`
    std::shared_ptr<carafe::http::Deferred> deferred;
};

// Answers waiting requests from one thread: every 10 ms one query for all of them, no HTTP thread
// held. When the command is decided: 200 with the order, or 409; at the deadline: 202. Thread-safe.
class CommandWaiters {
public:
    static constexpr std::size_t kMost = 256;

    explicit CommandWaiters(Database database);
    // Answers those still waiting with 202.
    ~CommandWaiters();
    CommandWaiters(const CommandWaiters&) = delete;
    CommandWaiters& operator=(const CommandWaiters&) = delete;

    // Defers the answer of `http_request`. False when too many wait already: the caller then
    // answers 202 itself.
    [[nodiscard]] bool add(WaitingRequest waiting, const carafe::http::Request& http_request);

private:
    using Waiting = std::unordered_map<std::string, WaitingRequest>;

    [[nodiscard]] bool take_a_place();
    void run();
    // Waits for something to do; true when it is time to stop. `answered` places are free again.
    bool await_requests(Waiting& waiting, std::size_t answered);
    // Takes those that are decided or late out of `waiting` and answers them.
    void answer_decided(Waiting& waiting);
    static void answer_late(Waiting& waiting, std::chrono::steady_clock::time_point now);

    Database database_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::size_t places_taken_ = 0;
    Waiting arrived_;
    std::thread thread_;
};

}  // namespace shop
