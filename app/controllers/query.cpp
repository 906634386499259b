#include "app/controllers/query.h"

#include <algorithm>

#include "app/controllers/strict_json.h"
#include "app/controllers/text_checks.h"

namespace shop {

using carafe::http::Problem;
using carafe::http::Request;

void check_query(const Request& request, std::initializer_list<std::string_view> known) {
    std::string_view last;
    for (const auto& [name, value] : request.query) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            throw bad_query(name, "is not known here");
        }
        if (name == last) {  // they are sorted
            throw bad_query(name, "is there twice");
        }
        last = name;
    }
}

std::optional<std::string> query_text(
    const Request& request, std::string_view name, std::size_t longest
) {
    const auto value = request.query_value(name);
    if (!value) {
        return std::nullopt;
    }
    if (count_characters(*value) > longest || value->find('\0') != std::string_view::npos) {
        throw bad_query(
            name, "must be a text of at most " + std::to_string(longest) + " characters"
        );
    }
    return std::string(*value);
}

Problem bad_query(std::string_view name, const std::string& message) {
    return {
        400,
        "The query parameter " + std::string(name) + " " + message + ".",
        {{pointer_to("/query", name), message}}};
}

Problem impossible_query(std::string_view name, const std::string& message) {
    return {
        422,
        "The query parameter " + std::string(name) + " " + message + ".",
        {{pointer_to("/query", name), message}}};
}

Problem bad_header(std::string_view name, const std::string& message) {
    return {
        400,
        "The header " + std::string(name) + " " + message + ".",
        {{pointer_to("/header", name), message}}};
}

}  // namespace shop
