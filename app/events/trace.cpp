#include "app/events/trace.h"

#include <algorithm>

#include "app/models/uuid.h"

namespace shop {

namespace {

constexpr std::size_t kLength = 55;  // 00-<32 hex>-<16 hex>-<2 hex>
constexpr std::size_t kTraceIdAt = 3;
constexpr std::size_t kTraceIdLength = 32;

bool is_well_formed(std::string_view text) {
    if (text.size() != kLength || text.substr(0, 3) != "00-" || text[35] != '-' ||
        text[52] != '-') {
        return false;
    }
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    const std::string_view trace_id = text.substr(kTraceIdAt, kTraceIdLength);
    return std::all_of(trace_id.begin(), trace_id.end(), is_hex) &&
           trace_id.find_first_not_of('0') != std::string_view::npos;
}

std::string hex_of_uuid() {
    std::string text = new_uuid();
    text.erase(std::remove(text.begin(), text.end(), '-'), text.end());
    return text;
}

}  // namespace

std::string child_traceparent(std::optional<std::string_view> parent) {
    const std::string trace_id = parent && is_well_formed(*parent)
                                     ? std::string(parent->substr(kTraceIdAt, kTraceIdLength))
                                     : hex_of_uuid();
    // The last half of a UUIDv7 is random.
    return "00-" + trace_id + "-" + hex_of_uuid().substr(16) + "-01";
}

}  // namespace shop
