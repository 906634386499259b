#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace carafe::realtime {

// RFC 4648, with padding: how binary packets travel over polling.
void append_base64(std::string& out, std::string_view bytes);
// Nothing when `text` is not exactly what an encoder writes (alphabet, padding, length). Line
// breaks do not count: the Java client sets one after every 76 characters, and at the end.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace carafe::realtime
