#include "realtime/engine_packet.h"

#include "realtime/base64.h"

namespace carafe::realtime {
namespace {

constexpr char kSeparator = '\x1e';
// A client batches what it sent between two requests; the stock client never comes near this.
constexpr std::size_t kMaxPacketsPerPayload = 1024;

std::optional<EnginePacket> decode_part(std::string_view part) {
    if (!part.empty() && part.front() == 'b') {
        auto bytes = decode_base64(part.substr(1));
        if (!bytes) {
            return std::nullopt;
        }
        return EnginePacket{EngineType::message, true, std::move(*bytes)};
    }
    return decode_engine_packet(part);
}

}  // namespace

std::optional<EnginePacket> decode_engine_packet(std::string_view text) {
    if (text.empty() || text.front() < '0' || text.front() > '6') {
        return std::nullopt;
    }
    return EnginePacket{static_cast<EngineType>(text.front()), false, std::string(text.substr(1))};
}

std::optional<std::vector<EnginePacket>> decode_engine_payload(std::string_view body) {
    std::vector<EnginePacket> packets;
    for (;;) {
        const std::size_t end = body.find(kSeparator);
        auto packet = decode_part(body.substr(0, end));
        if (!packet || packets.size() == kMaxPacketsPerPayload) {
            return std::nullopt;
        }
        packets.push_back(std::move(*packet));
        if (end == std::string_view::npos) {
            return packets;
        }
        body.remove_prefix(end + 1);
    }
}

void append_to_payload(std::string& payload, const Frame& frame) {
    if (!payload.empty()) {
        payload += kSeparator;
    }
    if (frame.binary) {
        payload += 'b';
        append_base64(payload, *frame.bytes);
    } else {
        payload += *frame.bytes;
    }
}

std::string encode_opening(const EngineOpening& opening) {
    return R"(0{"sid":")" + opening.session_id + R"(","upgrades":)" +
           (opening.may_upgrade ? R"(["websocket"])" : "[]") + R"(,"pingInterval":)" +
           std::to_string(opening.ping_interval.count()) + R"(,"pingTimeout":)" +
           std::to_string(opening.ping_timeout.count()) + R"(,"maxPayload":)" +
           std::to_string(opening.max_payload_bytes) + "}";
}

}  // namespace carafe::realtime
