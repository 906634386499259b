#include "carafe/realtime/fields.h"

#include <cstring>
#include <limits>

namespace carafe::realtime {
namespace {

using Length = std::uint16_t;
constexpr std::size_t kMaxLength = std::numeric_limits<Length>::max();

void append_length(std::string& bytes, std::size_t length) {
    const auto narrow = static_cast<Length>(length);
    char raw[sizeof narrow];
    std::memcpy(raw, &narrow, sizeof narrow);
    bytes.append(raw, sizeof raw);
}

std::size_t take_length(const char*& at) {
    Length length = 0;
    std::memcpy(&length, at, sizeof length);
    at += sizeof length;
    return length;
}

}  // namespace

void Fields::add(std::string_view name, std::string_view value) {
    name = name.substr(0, kMaxLength);
    value = value.substr(0, kMaxLength);
    append_length(bytes_, name.size());
    append_length(bytes_, value.size());
    bytes_ += name;
    bytes_ += value;
    ++count_;
}

template <typename Visit>
void Fields::walk(Visit visit) const {
    const char* at = bytes_.data();
    for (std::uint32_t index = 0; index < count_; ++index) {
        const std::size_t name_length = take_length(at);
        const std::size_t value_length = take_length(at);
        const std::string_view name(at, name_length);
        const std::string_view value(at + name_length, value_length);
        at += name_length + value_length;
        if (!visit(name, value)) {
            return;
        }
    }
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
    std::optional<std::string_view> found;
    walk([&](std::string_view each, std::string_view value) {
        if (each == name) {
            found = value;
        }
        return !found;
    });
    return found;
}

std::vector<std::string_view> Fields::find_all(std::string_view name) const {
    std::vector<std::string_view> found;
    walk([&](std::string_view each, std::string_view value) {
        if (each == name) {
            found.push_back(value);
        }
        return true;
    });
    return found;
}

}  // namespace carafe::realtime
