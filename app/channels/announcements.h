#pragma once

#include <string>
#include <vector>

#include "app/events/happening.h"
#include "carafe/message.h"

namespace shop {

// One event for the sockets of a room; `payload` is a serialised JSON object.
struct Announcement {
    std::string room;
    std::string event;
    std::string payload;
};

std::string room_of_user(const std::string& user_id);
inline constexpr const char* kAdminRoom = "admin:dashboard";
inline constexpr const char* kInventoryRoom = "inventory";

// What an event, or a record of a dead letter queue, means to browsers (contract, Socket.IO). Pure.
// Nothing for one that makes no sense: events of foreign producers must not hurt.
std::vector<Announcement> announcements(const Happening& happening);
std::vector<Announcement> announcements(const carafe::Message& message);

}  // namespace shop
