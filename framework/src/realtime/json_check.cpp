#include "realtime/json_check.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace carafe::realtime {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxDepth = 32;
// Names that clients of Socket.IO give to their own events.
constexpr std::array<std::string_view, 6> kReservedEvents{
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};

// A parsed document and the memory it lives in; most packets fit into the buffer.
class Document {
public:
    explicit Document(std::string_view text) : memory_(buffer_.data(), buffer_.size()) {
        json::parse_options options;
        options.max_depth = kMaxDepth;
        json::error_code error;
        json::value value = json::parse(text, error, &memory_, options);
        if (!error) {
            value_.emplace(std::move(value));
        }
    }
    [[nodiscard]] const std::optional<json::value>& value() const { return value_; }

private:
    std::array<unsigned char, 4096> buffer_;
    json::monotonic_resource memory_;
    std::optional<json::value> value_;
};

bool is_valid_placeholder(const json::object& object, std::size_t attachments) {
    const json::value* marker = object.if_contains("_placeholder");
    if (marker == nullptr || !marker->is_bool() || !marker->get_bool()) {
        return true;
    }
    const json::value* number = object.if_contains("num");
    return number != nullptr && number->is_int64() && number->get_int64() >= 0 &&
           static_cast<std::uint64_t>(number->get_int64()) < attachments;
}

// Recursion is bounded by kMaxDepth.
bool has_valid_placeholders(const json::value& value, std::size_t attachments) {
    const auto valid = [attachments](const json::value& inner) {
        return has_valid_placeholders(inner, attachments);
    };
    if (const json::array* array = value.if_array()) {
        return std::all_of(array->begin(), array->end(), valid);
    }
    if (const json::object* object = value.if_object()) {
        return is_valid_placeholder(*object, attachments) &&
               std::all_of(object->begin(), object->end(), [&](const auto& member) {
                   return valid(member.value());
               });
    }
    return true;
}

bool is_array(const std::optional<json::value>& value, std::size_t attachments) {
    return value && value->is_array() &&
           (attachments == 0 || has_valid_placeholders(*value, attachments));
}

bool is_reserved(std::string_view event) {
    return std::find(kReservedEvents.begin(), kReservedEvents.end(), event) !=
           kReservedEvents.end();
}

constexpr std::string_view kWhitespace = " \t\r\n";

// Where the first element of a valid, non-empty array ends: behind its closing quote, or at the
// first character that is no part of the number.
std::size_t end_of_scalar(std::string_view array, std::size_t begin) {
    if (array[begin] != '"') {
        return array.find_first_of(" \t\r\n,]", begin);
    }
    std::size_t at = begin + 1;
    while (array[at] != '"') {
        at += array[at] == '\\' ? 2 : 1;
    }
    return at + 1;
}

EventPayload split_valid_event(std::string_view array, const json::value& name) {
    const std::size_t begin = array.find_first_not_of(kWhitespace, array.find('[') + 1);
    const std::size_t end = end_of_scalar(array, begin);
    EventPayload payload;
    payload.event = name.is_string() ? std::string(name.get_string())
                                     : std::string(array.substr(begin, end - begin));
    const std::size_t next = array.find_first_not_of(kWhitespace, end);
    payload.arguments += '[';  // not = "[": g++ 12 warns falsely (-Wrestrict)
    payload.arguments += array.substr(array[next] == ',' ? next + 1 : next);
    return payload;
}

}  // namespace

bool is_json_object(std::string_view text) {
    const Document document(text);
    return document.value() && document.value()->is_object();
}

bool is_json_array(std::string_view text, std::size_t attachments) {
    const Document document(text);
    return is_array(document.value(), attachments);
}

std::optional<EventPayload> split_event(std::string_view text, std::size_t attachments) {
    const Document document(text);
    if (!is_array(document.value(), attachments) || document.value()->get_array().empty()) {
        return std::nullopt;
    }
    const json::value& name = document.value()->get_array().front();
    if (!name.is_number() && !(name.is_string() && !is_reserved(name.get_string()))) {
        return std::nullopt;
    }
    return split_valid_event(text, name);
}

std::string quote_json(std::string_view text) {
    return json::serialize(json::string_view(text.data(), text.size()));
}

}  // namespace carafe::realtime
