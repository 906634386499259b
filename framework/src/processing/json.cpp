#include "carafe/json.h"

#include <boost/json.hpp>
#include <utility>

namespace carafe {

namespace {

constexpr std::size_t kDepthMax = 32;

const boost::json::value& native(const void* value) {
    return *static_cast<const boost::json::value*>(value);
}

const char* kind_of(const boost::json::value& value) {
    switch (value.kind()) {
        case boost::json::kind::null:
            return "null";
        case boost::json::kind::bool_:
            return "a boolean";
        case boost::json::kind::int64:
        case boost::json::kind::uint64:
            return "a whole number";
        case boost::json::kind::double_:
            return "a number";
        case boost::json::kind::string:
            return "a text";
        case boost::json::kind::array:
            return "a list";
        case boost::json::kind::object:
            break;
    }
    return "an object";
}

// As RFC 6901 has it.
std::string escaped(std::string_view step) {
    std::string text;
    for (const char character : step) {
        if (character == '~') {
            text += "~0";
        } else if (character == '/') {
            text += "~1";
        } else {
            text += character;
        }
    }
    return text;
}

}  // namespace

struct Json::Document {
    boost::json::value value;
};

Json::Json(std::shared_ptr<const Document> document, const void* value, std::string pointer)
    : document_(std::move(document)), value_(value), pointer_(std::move(pointer)) {}

Json Json::parse(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = kDepthMax;
    boost::json::error_code error;
    auto document = std::make_shared<Document>();
    document->value = boost::json::parse(text, error, {}, options);
    if (error) {
        throw JsonError("not JSON: " + error.message());
    }
    const void* const value = &document->value;
    return {std::move(document), value, ""};
}

Json Json::part(const void* value, std::string_view step) const {
    return {document_, value, pointer_ + '/' + escaped(step)};
}

void Json::refuse(const std::string& expected) const {
    const std::string place = pointer_.empty() ? "the document" : pointer_;
    throw JsonError(place + ": expected " + expected + ", got " + kind_of(native(value_)));
}

Json Json::at(std::string_view name) const {
    const boost::json::object* object = native(value_).if_object();
    if (object == nullptr) {
        refuse("an object");
    }
    const boost::json::value* member = object->if_contains(name);
    if (member == nullptr) {
        throw JsonError(pointer_ + '/' + escaped(name) + ": is missing");
    }
    return part(member, name);
}

std::optional<Json> Json::find(std::string_view name) const {
    const boost::json::object* object = native(value_).if_object();
    if (object == nullptr) {
        refuse("an object");
    }
    const boost::json::value* member = object->if_contains(name);
    if (member == nullptr || member->is_null()) {
        return std::nullopt;
    }
    return part(member, name);
}

std::vector<Json> Json::items() const {
    const boost::json::array* array = native(value_).if_array();
    if (array == nullptr) {
        refuse("a list");
    }
    std::vector<Json> items;
    items.reserve(array->size());
    for (const boost::json::value& element : *array) {
        items.push_back(part(&element, std::to_string(items.size())));
    }
    return items;
}

std::string Json::text() const {
    const boost::json::string* string = native(value_).if_string();
    if (string == nullptr) {
        refuse("a text");
    }
    return {string->data(), string->size()};
}

std::int64_t Json::integer() const {
    const std::int64_t* number = native(value_).if_int64();
    if (number == nullptr) {
        refuse(native(value_).is_uint64() ? "a whole number of 64 bits" : "a whole number");
    }
    return *number;
}

double Json::number() const {
    if (!native(value_).is_number()) {
        refuse("a number");
    }
    return native(value_).to_number<double>();
}

bool Json::boolean() const {
    const bool* boolean = native(value_).if_bool();
    if (boolean == nullptr) {
        refuse("a boolean");
    }
    return *boolean;
}

bool Json::is_null() const {
    return native(value_).is_null();
}

}  // namespace carafe
