#include "postgres/dead_letters/json_patch.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <vector>

#include "carafe/errors.h"
#include "config/text.h"

namespace carafe::postgres {

namespace {

namespace json = boost::json;

constexpr std::size_t kOperationsMax = 1000;

using Path = std::vector<std::string>;

struct Operation {
    std::string name;
    Path path;
    Path from;
    json::value value;
    std::string shown;  // for messages: "replace /quantity"
};

// RFC 6901: "/a~1b/0" is the member "a/b", then the element 0.
Path parse_pointer(std::string_view pointer) {
    Path path;
    if (pointer.empty()) {
        return path;
    }
    if (pointer.front() != '/') {
        throw std::runtime_error("a path is empty or begins with '/'");
    }
    for (std::size_t at = 1; at <= pointer.size();) {
        const std::size_t end = std::min(pointer.find('/', at), pointer.size());
        std::string token;
        for (; at < end; ++at) {
            if (pointer[at] != '~') {
                token += pointer[at];
                continue;
            }
            if (at + 1 == end || (pointer[at + 1] != '0' && pointer[at + 1] != '1')) {
                throw std::runtime_error("'~' in a path is written ~0, '/' is written ~1");
            }
            token += pointer[++at] == '0' ? '~' : '/';
        }
        path.push_back(std::move(token));
        at = end + 1;
    }
    return path;
}

std::optional<std::size_t> index_of(const std::string& token, std::size_t limit) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    const bool is_canonical = token == "0" || (!token.empty() && token.front() != '0');
    if (error != std::errc() || end != token.data() + token.size() || !is_canonical ||
        index >= limit) {
        return std::nullopt;
    }
    return index;
}

[[noreturn]] void throw_missing() {
    throw std::runtime_error("there is nothing at that path");
}

json::value& child(json::value& parent, const std::string& token) {
    if (json::object* object = parent.if_object()) {
        if (json::value* member = object->if_contains(token)) {
            return *member;
        }
    } else if (json::array* array = parent.if_array()) {
        if (const auto index = index_of(token, array->size())) {
            return (*array)[*index];
        }
    }
    throw_missing();
}

json::value& at(json::value& root, const Path& path, std::size_t depth) {
    json::value* place = &root;
    for (std::size_t i = 0; i < depth; ++i) {
        place = &child(*place, path[i]);
    }
    return *place;
}

void add(json::value& root, const Path& path, const json::value& value) {
    if (path.empty()) {
        root = value;
        return;
    }
    json::value& parent = at(root, path, path.size() - 1);
    const std::string& last = path.back();
    if (json::object* object = parent.if_object()) {
        (*object)[last] = value;
        return;
    }
    json::array* array = parent.if_array();
    if (array == nullptr) {
        throw_missing();
    }
    const auto index =
        last == "-" ? std::optional(array->size()) : index_of(last, array->size() + 1);
    if (!index) {
        throw_missing();
    }
    array->insert(array->begin() + static_cast<std::ptrdiff_t>(*index), value);
}

json::value remove(json::value& root, const Path& path) {
    if (path.empty()) {
        throw std::runtime_error("the whole document cannot be removed");
    }
    json::value& parent = at(root, path, path.size() - 1);
    json::value removed = child(parent, path.back());
    if (json::object* object = parent.if_object()) {
        object->erase(path.back());
    } else {
        json::array& array = parent.get_array();
        const auto index = static_cast<std::ptrdiff_t>(*index_of(path.back(), array.size()));
        array.erase(array.begin() + index);
    }
    return removed;
}

bool starts_with(const Path& path, const Path& prefix) {
    return path.size() > prefix.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

void carry_out(json::value& root, const Operation& operation) {
    if (operation.name == "add") {
        add(root, operation.path, operation.value);
    } else if (operation.name == "remove") {
        remove(root, operation.path);
    } else if (operation.name == "replace") {
        at(root, operation.path, operation.path.size()) = operation.value;
    } else if (operation.name == "move") {
        if (starts_with(operation.path, operation.from)) {
            throw std::runtime_error("a value cannot be moved into itself");
        }
        add(root, operation.path, remove(root, operation.from));
    } else if (operation.name == "copy") {
        const json::value copied = at(root, operation.from, operation.from.size());
        add(root, operation.path, copied);
    } else if (at(root, operation.path, operation.path.size()) != operation.value) {
        throw std::runtime_error("the test failed");
    }
}

std::string text_member(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    if (member == nullptr || !member->is_string()) {
        throw std::runtime_error("\"" + std::string(name) + "\" is missing, or no text");
    }
    return std::string(member->as_string());
}

Operation parse_operation(const json::value& value) {
    if (!value.is_object()) {
        throw std::runtime_error(
            "an operation is an object, as in "
            R"({"op": "replace", "path": "/a", "value": 1})"
        );
    }
    const json::object& object = value.get_object();
    Operation operation;
    operation.name = text_member(object, "op");
    const std::string path = text_member(object, "path");
    operation.path = parse_pointer(path);
    operation.shown = operation.name + " " + path;
    const bool needs_from = operation.name == "move" || operation.name == "copy";
    const bool needs_value =
        operation.name == "add" || operation.name == "replace" || operation.name == "test";
    if (needs_from) {
        operation.from = parse_pointer(text_member(object, "from"));
    } else if (needs_value) {
        const json::value* given = object.if_contains("value");
        if (given == nullptr) {
            throw std::runtime_error("\"value\" is missing");
        }
        operation.value = *given;
    } else if (operation.name != "remove") {
        throw std::runtime_error(
            "unknown op " + config::quote(operation.name) +
            " (known: add remove replace move copy test)"
        );
    }
    return operation;
}

}  // namespace

class JsonPatch::Implementation {
public:
    std::vector<Operation> operations;
};

JsonPatch::JsonPatch(const std::string& text)
    : implementation_(std::make_unique<Implementation>()) {
    json::error_code error;
    const json::value parsed = json::parse(text, error);
    if (error || !parsed.is_array()) {
        throw ConfigurationError(
            "the patch is not a JSON array of operations (RFC 6902)" +
            (error ? ": " + error.message() : std::string())
        );
    }
    if (parsed.get_array().size() > kOperationsMax) {
        throw ConfigurationError("the patch has more than 1000 operations");
    }
    for (const json::value& each : parsed.get_array()) {
        try {
            implementation_->operations.push_back(parse_operation(each));
        } catch (const std::runtime_error& wrong) {
            throw ConfigurationError(
                "patch, operation " + std::to_string(implementation_->operations.size() + 1) +
                ": " + wrong.what()
            );
        }
    }
}

JsonPatch::~JsonPatch() = default;

std::string JsonPatch::apply(const std::string& document) const {
    json::error_code error;
    json::value root = json::parse(document, error);
    if (error) {
        throw std::runtime_error("the payload is not JSON");
    }
    for (const Operation& operation : implementation_->operations) {
        try {
            carry_out(root, operation);
        } catch (const std::runtime_error& wrong) {
            throw std::runtime_error(operation.shown + ": " + wrong.what());
        }
    }
    return json::serialize(root);
}

}  // namespace carafe::postgres
