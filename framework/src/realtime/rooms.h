#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace carafe::realtime {

class ClientSocket;

// Who is in which room of one namespace. Members are known by address only; one that goes away
// leaves first. A room exists while somebody is in it.
class Rooms {
public:
    using Members = std::unordered_set<ClientSocket*>;

    void join(ClientSocket& member, const std::string& room);
    void leave(ClientSocket& member, const std::string& room);
    void leave_all(ClientSocket& member);

    // Nobody when there is no such room. Valid until somebody joins or leaves.
    [[nodiscard]] const Members& members(const std::string& room) const;
    [[nodiscard]] bool has(const ClientSocket& member, const std::string& room) const;
    [[nodiscard]] std::vector<std::string> rooms_of(const ClientSocket& member) const;
    // Thread-safe.
    [[nodiscard]] std::size_t size() const { return count_.load(std::memory_order_relaxed); }

private:
    std::unordered_map<std::string, Members> rooms_;
    // Pointers into the keys of rooms_, which stay where they are while the room exists.
    std::unordered_map<const ClientSocket*, std::vector<const std::string*>> joined_;
    std::atomic<std::size_t> count_{0};
};

}  // namespace carafe::realtime
