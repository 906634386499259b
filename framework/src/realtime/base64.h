#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace carafe::realtime {

// RFC 4648, with padding: how binary packets travel over polling.
void append_base64(std::string& out, std::string_view bytes);
// Nothing when `text` is not exactly what an encoder writes (alphabet, padding, length).
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace carafe::realtime
