#pragma once

#include <string>
#include <vector>

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

// What a record of an event topic or of a dead letter queue means to browsers (contract,
// Socket.IO). Pure. Nothing for a record that makes no sense: events of foreign producers must not
// hurt.
std::vector<Announcement> announcements(const carafe::Message& message);

}  // namespace shop
