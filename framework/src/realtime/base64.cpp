#include "realtime/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace carafe::realtime {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kInvalid = 0xff;

constexpr std::array<std::uint8_t, 256> make_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(kInvalid);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}
constexpr auto kValues = make_values();

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::uint32_t group =
            byte_at(bytes, i) << 16U | byte_at(bytes, i + 1) << 8U | byte_at(bytes, i + 2);
        out += kAlphabet[group >> 18U];
        out += kAlphabet[group >> 12U & 0x3fU];
        out += i + 1 < bytes.size() ? kAlphabet[group >> 6U & 0x3fU] : '=';
        out += i + 2 < bytes.size() ? kAlphabet[group & 0x3fU] : '=';
    }
}

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.find_first_of("\r\n") != std::string_view::npos) {
        std::string joined(text);
        std::erase_if(joined, [](char digit) { return digit == '\r' || digit == '\n'; });
        return decode_base64(joined);
    }
    if (text.size() % 4 != 0) {
        return std::nullopt;
    }
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
        ++padding;
    }
    const std::string_view digits = text.substr(0, text.size() - padding);
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char digit : digits) {
        const std::uint8_t value = kValues[static_cast<unsigned char>(digit)];
        if (value == kInvalid) {
            return std::nullopt;
        }
        bits = bits << 6U | value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes += static_cast<char>(bits >> held & 0xffU);
        }
    }
    const bool leftover_bits = (bits & ((1U << held) - 1U)) != 0;
    return leftover_bits ? std::nullopt : std::optional(std::move(bytes));
}

}  // namespace carafe::realtime
