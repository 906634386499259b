#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "carafe/http/server.h"
#include "http/answer_box.h"
#include "http/pistache_internals.h"

namespace carafe::http {

// What all workers of a server and its stop() share. Thread-safe.
class ServerState {
public:
    enum class Stage { serving, draining, closing };

    ServerState(Server::Options options, const Router& router)
        : options_(std::move(options)),
          router_(router),
          slots_(std::make_shared<DeferredSlots>(options_.max_deferred)) {}

    [[nodiscard]] const Server::Options& options() const { return options_; }
    [[nodiscard]] const Router& router() const { return router_; }
    [[nodiscard]] const std::shared_ptr<DeferredSlots>& slots() const { return slots_; }
    [[nodiscard]] int connections() const { return connections_; }

    // Counts a connection. Returns nullptr, or why it must be refused (then it is not counted).
    const char* admit(const std::string& address);
    void forget(const std::string& address);
    // A connection holds so many bytes more (or less) than before. Returns whether that is allowed.
    bool hold(std::int64_t more_bytes);

    // A worker comes with its box, by which it is told of a new stage, and with the descriptors
    // that Pistache will leave open when it is gone.
    void add_worker(
        std::shared_ptr<AnswerBox> box, const std::vector<pistache::LeakedEvent>& leaked
    );
    // When all workers are gone.
    void close_leaked_events();
    [[nodiscard]] Stage stage() const { return stage_; }
    void enter(Stage stage);
    // A worker has no connection left and, as nothing is accepted any more, gets none.
    void worker_is_empty();
    // Returns whether all workers are.
    bool wait_until_empty(std::chrono::milliseconds timeout);

private:
    [[nodiscard]] bool is_limited(const std::string& address) const;

    const Server::Options options_;
    const Router& router_;
    const std::shared_ptr<DeferredSlots> slots_;
    std::atomic<int> connections_{0};
    std::atomic<std::int64_t> held_bytes_{0};
    std::atomic<Stage> stage_{Stage::serving};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, int> by_address_;
    std::vector<std::shared_ptr<AnswerBox>> boxes_;
    std::vector<pistache::LeakedEvent> leaked_;
    std::size_t empty_workers_ = 0;
};

}  // namespace carafe::http
