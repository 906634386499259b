#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The Socket.IO v5 packet format: no sockets, no state. JSON is checked (UTF-8, at most 32 levels)
// but handed on as the client wrote it.
namespace carafe::realtime {

enum class SocketType : char {
    connect = '0',
    disconnect = '1',
    event = '2',
    ack = '3',
    connect_error = '4',
    binary_event = '5',
    binary_ack = '6',
};

struct SocketPacket {
    SocketType type = SocketType::event;
    std::string name_space = "/";
    std::optional<std::uint64_t> id;  // of the acknowledgement asked for or given
    std::size_t attachments = 0;      // binary messages that follow
    std::string event;                // its name
    std::string payload;  // connect: an object; event: a JSON array without the name; ack: an array
};

// One packet from a client. Nothing when it breaks the format.
std::optional<SocketPacket> decode_socket_packet(std::string_view text);

// `arguments` is a serialised JSON array without its brackets; `auth` and `error` are JSON objects.
struct OutgoingEvent {
    std::string_view name_space;
    std::string_view event;
    std::string_view arguments;
    std::optional<std::uint64_t> id = std::nullopt;
    std::size_t attachments = 0;
};
std::string encode_event(const OutgoingEvent& event);
std::string encode_ack(
    std::string_view name_space,
    std::uint64_t id,
    std::string_view arguments,
    std::size_t attachments
);
std::string encode_connected(std::string_view name_space, std::string_view socket_id);
// `data`: a serialised JSON value, left out when empty.
std::string encode_connect_error(
    std::string_view name_space, std::string_view message, std::string_view data
);
std::string encode_disconnect(std::string_view name_space);

}  // namespace carafe::realtime
