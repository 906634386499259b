#include "http/request_id.h"

#include <algorithm>
#include <random>

namespace carafe::http {
namespace {

constexpr std::size_t kMaxRequestIdLength = 128;

void append_hex(std::string& text, std::uint64_t value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4) {
        text += kDigits[(value >> shift) & 0xF];
    }
}

}  // namespace

RequestIds::RequestIds() {
    std::random_device device;
    const auto word = [&device] { return (std::uint64_t{device()} << 32) | device(); };
    state_ = word();
    prefix_ = word();
}

// splitmix64 (Steele, Lea, Flood 2014): a bijection of a counter, so a thread repeats no value.
std::uint64_t RequestIds::random() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

std::string RequestIds::next() {
    std::string id;
    id.reserve(32);
    append_hex(id, prefix_);
    append_hex(id, random());
    return id;
}

bool is_request_id(std::string_view text) {
    return !text.empty() && text.size() <= kMaxRequestIdLength &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

}  // namespace carafe::http
