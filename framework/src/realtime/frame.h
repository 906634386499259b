#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace carafe::realtime {

// One Engine.IO packet as it travels in a WebSocket frame: text begins with the packet's type,
// binary is always a message. The bytes are shared, so that a broadcast exists once however many
// queues it waits in.
struct Frame {
    std::shared_ptr<const std::string> bytes;
    bool binary = false;
};

inline Frame text_frame(std::string bytes) {
    return {std::make_shared<const std::string>(std::move(bytes)), false};
}

inline Frame binary_frame(std::string bytes) {
    return {std::make_shared<const std::string>(std::move(bytes)), true};
}

// A text message: `text` behind the type that says so.
inline Frame message_frame(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() + 1);
    bytes += '4';
    bytes += text;
    return text_frame(std::move(bytes));
}

}  // namespace carafe::realtime
