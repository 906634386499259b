#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "realtime/frame.h"

// The Engine.IO v4 packet format: no sockets, no state.
namespace carafe::realtime {

enum class EngineType : char {
    open = '0',
    close = '1',
    ping = '2',
    pong = '3',
    message = '4',
    upgrade = '5',
    noop = '6',
};

struct EnginePacket {
    EngineType type = EngineType::message;
    bool binary = false;
    std::string data;
};

// One text packet. Nothing when it is empty or its type is unknown.
std::optional<EnginePacket> decode_engine_packet(std::string_view text);

// The body of a polling POST: packets separated by 0x1e, binary ones as 'b' and base64. Nothing
// when one of them is malformed, or when there are more than a client sends in its right mind.
std::optional<std::vector<EnginePacket>> decode_engine_payload(std::string_view body);

// Adds a packet to the body of a polling response.
void append_to_payload(std::string& payload, const Frame& frame);

// What the server says first.
struct EngineOpening {
    std::string session_id;
    bool may_upgrade = false;
    std::chrono::milliseconds ping_interval{};
    std::chrono::milliseconds ping_timeout{};
    std::size_t max_payload_bytes = 0;
};
std::string encode_opening(const EngineOpening& opening);

}  // namespace carafe::realtime
