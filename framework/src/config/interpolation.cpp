#include "config/interpolation.h"

#include "config/text.h"

namespace carafe::config {

namespace {

constexpr std::size_t kInsertedBytesMax = 1024ULL * 1024;
constexpr std::string_view kHowTo = "write ${NAME} or ${NAME:-default}, and $${ for a plain ${";

bool is_name(std::string_view name) {
    return !name.empty() && (name[0] < '0' || name[0] > '9') &&
           name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
           ) == std::string_view::npos;
}

}  // namespace

Interpolation::Result Interpolation::apply(std::string_view text) {
    Result result;
    std::size_t at = 0;
    while (at < text.size() && result.problem.empty()) {
        if (text.substr(at, 3) == "$${") {
            result.text += "${";
            at += 3;
        } else if (text.substr(at, 2) == "${") {
            at = replace(text, at, result);
        } else {
            result.text += text[at++];
        }
    }
    return result;
}

std::size_t Interpolation::replace(std::string_view text, std::size_t at, Result& result) {
    const std::size_t close = text.find('}', at);
    if (close == std::string_view::npos) {
        result.problem = "'${' without '}': " + std::string(kHowTo);
        return text.size();
    }
    const std::string_view inside = text.substr(at + 2, close - at - 2);
    const std::size_t separator = inside.find(":-");
    const std::string name(inside.substr(0, separator));
    if (!is_name(name)) {
        result.problem = quote(inside) + " is not the name of a variable: " + std::string(kHowTo);
        return text.size();
    }
    const std::optional<std::string> value = environment_(name);
    const bool has_default = separator != std::string_view::npos;
    if (value && (!value->empty() || !has_default)) {
        insert(name, *value, result);
    } else if (has_default) {
        result.text += inside.substr(separator + 2);
    } else {
        result.problem = "the environment variable " + name + " is not set; set it or write ${" +
                         name + ":-default}";
    }
    return close + 1;
}

void Interpolation::insert(const std::string& name, std::string_view value, Result& result) {
    inserted_bytes_ += value.size();
    if (inserted_bytes_ > kInsertedBytesMax) {
        result.problem = "the values of environment variables add up to more than 1 MiB";
    } else if (find_bad_character(value)) {
        result.problem =
            "the environment variable " + name + " holds control characters or invalid UTF-8";
    } else {
        result.text += value;
        result.variables.push_back(name);
    }
}

}  // namespace carafe::config
