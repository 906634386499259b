#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "realtime/frame.h"
#include "realtime/rooms.h"
#include "realtime/timers.h"
#include "realtime/user_handlers.h"

namespace carafe::realtime {

struct Namespace {
    std::string name;
    Rooms rooms;
};

struct ClientLimits {
    std::chrono::milliseconds connect_timeout{45'000};       // for a session without a namespace
    std::size_t max_message_bytes = std::size_t{16} * 1024;  // with its attachments
};

// What all clients of a server share: namespaces with their rooms, the connected sockets, the
// application's handlers. Server's thread only, but for the counts.
class Hub {
public:
    Hub(const std::vector<std::string>& namespaces, Timers& timers, ClientLimits limits);

    [[nodiscard]] Namespace* find_namespace(const std::string& name);
    [[nodiscard]] UserHandlers& handlers() { return handlers_; }
    [[nodiscard]] Timers& timers() { return timers_; }
    [[nodiscard]] const ClientLimits& limits() const { return limits_; }

    void add(std::shared_ptr<ClientSocket> socket);
    void remove(const ClientSocket& socket);
    void for_each(const std::function<void(Socket&)>& visit);
    [[nodiscard]] Socket* find(const std::string& id) const;
    void emit_to(const std::string& room, const Frame& frame);
    void emit(const Audience& audience, const Frame& frame);

    // Thread-safe, as the next two.
    [[nodiscard]] std::size_t rooms() const;
    [[nodiscard]] std::size_t size() const { return size_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t slow_clients() const {
        return slow_clients_.load(std::memory_order_relaxed);
    }
    void count_slow_client() { slow_clients_.fetch_add(1, std::memory_order_relaxed); }

private:
    [[nodiscard]] std::vector<ClientSocket*> members(const Audience& audience);

    Timers& timers_;
    const ClientLimits limits_;
    UserHandlers handlers_;
    std::map<std::string, Namespace> namespaces_;
    std::unordered_map<std::string, std::shared_ptr<ClientSocket>> sockets_;
    std::atomic<std::size_t> size_{0};
    std::atomic<std::size_t> slow_clients_{0};
};

}  // namespace carafe::realtime
