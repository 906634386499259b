#include "app/controllers/params.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <map>
#include <set>

#include "app/controllers/strict_json.h"
#include "app/controllers/text_checks.h"
#include "app/models/uuid.h"

namespace shop {

namespace json = boost::json;
using carafe::http::Problem;

namespace {

// productId -> product_id
std::string snake_case(std::string_view name) {
    std::string snake;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') {
            snake += '_';
            snake += static_cast<char>(c - 'A' + 'a');
        } else {
            snake += c;
        }
    }
    return snake;
}

// 3 and 3.0 are the same number in JSON.
std::optional<std::int64_t> as_integer(const json::value& value) {
    constexpr double kExactUpTo = 9007199254740992.0;  // 2^53
    if (value.is_int64()) {
        return value.get_int64();
    }
    if (value.is_double()) {
        const double number = value.get_double();
        if (std::fabs(number) <= kExactUpTo && std::trunc(number) == number) {
            return static_cast<std::int64_t>(number);
        }
    }
    return std::nullopt;
}

std::string between(const char* what, std::size_t min, std::size_t max) {
    return "must have " + std::to_string(min) + " to " + std::to_string(max) + " " + what;
}

}  // namespace

struct Params::Document {
    struct Object {
        const json::object* object;
        std::set<std::string, std::less<>> known;  // the names that were asked for
    };

    json::value root;
    std::map<std::string, Object> objects;  // by pointer
    std::vector<Problem::Error> errors;
};

Params::Params(std::string_view body) : document_(std::make_shared<Document>()) {
    document_->root = parse_strict_json(body);
    if (!document_->root.is_object()) {
        throw Problem(400, "The body must be a JSON object.", {{"", "must be an object"}});
    }
    object_ = &document_->root.get_object();
    document_->objects[pointer_].object = object_;
}

Params::Params(std::shared_ptr<Document> document, const json::object& object, std::string pointer)
    : document_(std::move(document)), object_(&object), pointer_(std::move(pointer)) {
    document_->objects[pointer_].object = object_;
}

const json::value* Params::ask(std::string_view name) {
    document_->objects[pointer_].known.emplace(name);
    return object_->if_contains(name);
}

const json::value* Params::require(std::string_view name) {
    const json::value* value = ask(name);
    if (value == nullptr) {
        refuse(name, "is required");
    }
    return value;
}

void Params::refuse(std::string_view name, const std::string& message) {
    document_->objects[pointer_].known.emplace(name);
    document_->errors.push_back({pointer_to(pointer_, name), message});
}

std::string Params::read_text(std::string_view name, const json::value& value, Length length) {
    if (!value.is_string()) {
        refuse(name, "must be a text");
        return {};
    }
    std::string text(value.get_string());
    const std::size_t size = count_characters(text);
    if (size < length.min || size > length.max) {
        refuse(name, between("characters", length.min, length.max));
    } else if (length.is_line && !is_line(text)) {
        refuse(name, "must be one line without control characters");
    } else if (length.is_line && length.min > 0 && !has_something_to_see(text)) {
        refuse(name, "must not be blank");
    }
    return text;
}

std::string Params::text(std::string_view name, Length length) {
    const json::value* value = require(name);
    return value == nullptr ? std::string() : read_text(name, *value, length);
}

std::optional<std::string> Params::optional_text(std::string_view name, Length length) {
    const json::value* value = ask(name);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    return read_text(name, *value, length);
}

std::string Params::read_uuid(std::string_view name, const json::value& value) {
    if (!value.is_string() || !is_uuid(std::string_view(value.get_string()))) {
        refuse(name, "must be a UUID");
        return {};
    }
    return canonical_uuid(std::string_view(value.get_string()));
}

std::string Params::uuid(std::string_view name) {
    const json::value* value = require(name);
    return value == nullptr ? std::string() : read_uuid(name, *value);
}

std::optional<std::string> Params::optional_uuid(std::string_view name) {
    const json::value* value = ask(name);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    return read_uuid(name, *value);
}

std::int64_t Params::integer(std::string_view name, Range range) {
    const json::value* value = require(name);
    if (value == nullptr) {
        return range.min;
    }
    const auto number = as_integer(*value);
    if (!number || *number < range.min || *number > range.max) {
        refuse(
            name,
            "must be an integer from " + std::to_string(range.min) + " to " +
                std::to_string(range.max)
        );
        return range.min;
    }
    return *number;
}

std::optional<std::int64_t> Params::optional_integer(std::string_view name, Range range) {
    const json::value* value = ask(name);
    return value == nullptr || value->is_null() ? std::nullopt
                                                : std::optional(integer(name, range));
}

bool Params::flag(std::string_view name) {
    const json::value* value = ask(name);
    if (value == nullptr || value->is_null()) {
        return false;
    }
    if (!value->is_bool()) {
        refuse(name, "must be true or false");
        return false;
    }
    return value->get_bool();
}

bool Params::is_array_of(
    std::string_view name, const json::value& value, Range size, std::string_view what
) {
    const auto count = value.is_array() ? static_cast<std::int64_t>(value.get_array().size()) : -1;
    if (count >= size.min && count <= size.max) {
        return true;
    }
    refuse(
        name,
        "must be an array of " + std::to_string(size.min) + " to " + std::to_string(size.max) +
            " " + std::string(what)
    );
    return false;
}

std::vector<std::string> Params::optional_texts(std::string_view name, Range size, Length length) {
    std::vector<std::string> texts;
    const json::value* value = ask(name);
    if (value == nullptr || value->is_null()) {
        return texts;
    }
    if (!is_array_of(name, *value, size, "texts")) {
        return texts;
    }
    const std::string pointer = pointer_to(pointer_, name);
    for (const json::value& element : value->get_array()) {
        if (!element.is_string() || element.get_string().size() > length.max) {
            document_->errors.push_back(
                {pointer_to(pointer, std::to_string(texts.size())),
                 "must be a text, and not so long"}
            );
            return texts;
        }
        texts.emplace_back(element.get_string());
    }
    return texts;
}

std::string Params::optional_array(std::string_view name) {
    const json::value* value = ask(name);
    if (value == nullptr || value->is_null()) {
        return {};
    }
    if (!value->is_array()) {
        refuse(name, "must be an array");
        return {};
    }
    return json::serialize(*value);
}

std::string Params::text_or_integer(std::string_view name) {
    const json::value* value = require(name);
    if (value == nullptr) {
        return {};
    }
    if (const auto number = as_integer(*value)) {
        return std::to_string(*number);
    }
    return read_text(name, *value, {});
}

std::vector<Params> Params::objects(std::string_view name, Range size) {
    std::vector<Params> children;
    const json::value* value = require(name);
    if (value == nullptr) {
        return children;
    }
    if (!is_array_of(name, *value, size, "objects")) {
        return children;
    }
    const std::string pointer = pointer_to(pointer_, name);
    for (const json::value& element : value->get_array()) {
        const std::string at = pointer_to(pointer, std::to_string(children.size()));
        if (!element.is_object()) {
            document_->errors.push_back({at, "must be an object"});
            return children;
        }
        children.push_back(Params(document_, element.get_object(), at));
    }
    return children;
}

std::optional<Params> Params::optional_object(std::string_view name) {
    const json::value* value = ask(name);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    return read_object(name, *value);
}

std::optional<Params> Params::object(std::string_view name) {
    const json::value* value = require(name);
    return value == nullptr ? std::nullopt : read_object(name, *value);
}

std::optional<Params> Params::read_object(std::string_view name, const json::value& value) {
    if (!value.is_object()) {
        refuse(name, "must be an object");
        return std::nullopt;
    }
    return Params(document_, value.get_object(), pointer_to(pointer_, name));
}

bool Params::has(std::string_view name) const {
    return object_->if_contains(name) != nullptr;
}

void Params::finish() const {
    std::vector<Problem::Error> errors = document_->errors;
    for (const auto& [pointer, entry] : document_->objects) {
        for (const auto& member : *entry.object) {
            const std::string_view name = member.key();
            if (entry.known.count(name) != 0) {
                continue;
            }
            const std::string snake = snake_case(name);
            errors.push_back(
                {pointer_to(pointer, name),
                 entry.known.count(snake) != 0 ? "is not known here: use " + snake
                                               : "is not known here"}
            );
        }
    }
    if (!errors.empty()) {
        throw Problem(400, "The body is not acceptable.", std::move(errors));
    }
}

}  // namespace shop
