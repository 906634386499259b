#include "realtime/socket_packet.h"

#include "realtime/json_check.h"

namespace carafe::realtime {
namespace {

constexpr std::size_t kMaxAttachments = 10;  // as the official parser
constexpr std::size_t kMaxNamespaceBytes = 256;
constexpr std::size_t kMaxNumberDigits = 15;  // what a JavaScript number holds exactly

// Takes the digits at the front of `text` away. Nothing when there are none or too many.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        if (digits == kMaxNumberDigits) {
            return std::nullopt;
        }
        number = number * 10 + static_cast<std::uint64_t>(text[digits] - '0');
        ++digits;
    }
    text.remove_prefix(digits);
    return digits == 0 ? std::nullopt : std::optional(number);
}

bool take_attachments(std::string_view& text, SocketPacket& packet) {
    if (packet.type != SocketType::binary_event && packet.type != SocketType::binary_ack) {
        return true;
    }
    const auto count = take_number(text);
    if (!count || *count > kMaxAttachments || text.empty() || text.front() != '-') {
        return false;
    }
    text.remove_prefix(1);
    packet.attachments = *count;
    return true;
}

bool take_namespace(std::string_view& text, SocketPacket& packet) {
    if (text.empty() || text.front() != '/') {
        return true;
    }
    const std::size_t comma = text.find(',');
    std::string_view name = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    name = name.substr(0, name.find('?'));  // a query there is the client's own business
    packet.name_space = name;
    return name.size() <= kMaxNamespaceBytes;
}

bool take_id(std::string_view& text, SocketPacket& packet) {
    if (text.empty() || text.front() < '0' || text.front() > '9') {
        return true;
    }
    if (packet.type == SocketType::connect || packet.type == SocketType::disconnect) {
        return false;  // nothing there can be acknowledged
    }
    packet.id = take_number(text);
    return packet.id.has_value();
}

bool take_event(std::string_view text, SocketPacket& packet) {
    auto parts = split_event(text, packet.attachments);
    if (!parts) {
        return false;
    }
    packet.event = std::move(parts->event);
    packet.payload = std::move(parts->arguments);
    return true;
}

std::string_view trim(std::string_view json) {
    constexpr std::string_view kWhitespace = " \t\r\n";
    const std::size_t begin = json.find_first_not_of(kWhitespace);
    return begin == std::string_view::npos
               ? std::string_view()
               : json.substr(begin, json.find_last_not_of(kWhitespace) - begin + 1);
}

bool take_payload(std::string_view text, SocketPacket& packet) {
    text = trim(text);  // so that the brackets are the first and last character
    switch (packet.type) {
        case SocketType::connect:
            packet.payload = text.empty() ? "{}" : text;
            return text.empty() || is_json_object(text);
        case SocketType::event:
        case SocketType::binary_event:
            return take_event(text, packet);
        case SocketType::ack:
        case SocketType::binary_ack:
            packet.payload = text;
            return packet.id.has_value() && is_json_array(text, packet.attachments);
        case SocketType::disconnect:
            return text.empty();
        case SocketType::connect_error:
            return false;  // only the server refuses
    }
    return false;
}

void append_head(std::string& out, std::string_view name_space, std::size_t attachments) {
    if (attachments != 0) {
        out += std::to_string(attachments);
        out += '-';
    }
    if (name_space != "/") {
        out += name_space;
        out += ',';
    }
}

}  // namespace

std::optional<SocketPacket> decode_socket_packet(std::string_view text) {
    if (text.empty() || text.front() < '0' || text.front() > '6') {
        return std::nullopt;
    }
    SocketPacket packet;
    packet.type = static_cast<SocketType>(text.front());
    text.remove_prefix(1);
    const bool valid = take_attachments(text, packet) && take_namespace(text, packet) &&
                       take_id(text, packet) && take_payload(text, packet);
    return valid ? std::optional(std::move(packet)) : std::nullopt;
}

std::string encode_event(const OutgoingEvent& event) {
    std::string out(1, event.attachments == 0 ? '2' : '5');
    append_head(out, event.name_space, event.attachments);
    if (event.id) {
        out += std::to_string(*event.id);
    }
    out += '[';
    out += quote_json(event.event);
    if (!event.arguments.empty()) {
        out += ',';
        out += event.arguments;
    }
    out += ']';
    return out;
}

std::string encode_ack(
    std::string_view name_space,
    std::uint64_t id,
    std::string_view arguments,
    std::size_t attachments
) {
    std::string out(1, attachments == 0 ? '3' : '6');
    append_head(out, name_space, attachments);
    out += std::to_string(id);
    out += '[';
    out += arguments;
    out += ']';
    return out;
}

std::string encode_connected(std::string_view name_space, std::string_view socket_id) {
    std::string out = "0";
    append_head(out, name_space, 0);
    out += R"({"sid":)" + quote_json(socket_id) + "}";
    return out;
}

std::string encode_connect_error(
    std::string_view name_space, std::string_view message, std::string_view data
) {
    std::string out = "4";
    append_head(out, name_space, 0);
    out += R"({"message":)" + quote_json(message);
    if (!data.empty()) {
        out += R"(,"data":)";
        out += data;
    }
    out += '}';
    return out;
}

std::string encode_disconnect(std::string_view name_space) {
    std::string out = "1";
    append_head(out, name_space, 0);
    return out;
}

}  // namespace carafe::realtime
