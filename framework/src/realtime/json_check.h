#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// What a Socket.IO packet may carry as JSON. The only place of this folder that parses JSON.
namespace carafe::realtime {

bool is_json_object(std::string_view text);

// An array whose placeholders all point at one of `attachments` binary messages.
bool is_json_array(std::string_view text, std::size_t attachments);

struct EventPayload {
    std::string event;
    std::string arguments;  // a JSON array, as the client wrote it
};
// An array that begins with the event's name: a string that is not reserved, or a number.
std::optional<EventPayload> split_event(std::string_view text, std::size_t attachments);

// `text` between quotes.
std::string quote_json(std::string_view text);

}  // namespace carafe::realtime
