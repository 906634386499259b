#include "realtime/rooms.h"

#include <algorithm>

namespace carafe::realtime {

void Rooms::join(ClientSocket& member, const std::string& room) {
    const auto place = rooms_.try_emplace(room).first;
    if (place->second.insert(&member).second) {
        joined_[&member].push_back(&place->first);
        count_.store(rooms_.size(), std::memory_order_relaxed);
    }
}

void Rooms::leave(ClientSocket& member, const std::string& room) {
    const auto place = rooms_.find(room);
    if (place == rooms_.end() || place->second.erase(&member) == 0) {
        return;
    }
    const auto own = joined_.find(&member);
    auto& names = own->second;
    names.erase(std::find(names.begin(), names.end(), &place->first));
    if (names.empty()) {
        joined_.erase(own);
    }
    if (place->second.empty()) {
        rooms_.erase(place);
        count_.store(rooms_.size(), std::memory_order_relaxed);
    }
}

void Rooms::leave_all(ClientSocket& member) {
    for (const std::string& room : rooms_of(member)) {
        leave(member, room);
    }
}

const Rooms::Members& Rooms::members(const std::string& room) const {
    static const Members kNobody;
    const auto place = rooms_.find(room);
    return place == rooms_.end() ? kNobody : place->second;
}

bool Rooms::has(const ClientSocket& member, const std::string& room) const {
    const auto own = joined_.find(&member);
    return own != joined_.end() &&
           std::any_of(own->second.begin(), own->second.end(), [&room](const std::string* name) {
               return *name == room;
           });
}

std::vector<std::string> Rooms::rooms_of(const ClientSocket& member) const {
    std::vector<std::string> names;
    const auto own = joined_.find(&member);
    if (own != joined_.end()) {
        for (const std::string* name : own->second) {
            names.push_back(*name);
        }
    }
    return names;
}

}  // namespace carafe::realtime
