#include "app/controllers/entity_tag.h"

#include <algorithm>

#include "app/controllers/query.h"

namespace shop {

namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// What is between the quotes. A weak tag never matches (RFC 9110, 13.1.1), so it reads as empty.
std::optional<std::string> opaque_part(std::string_view tag) {
    const bool is_weak = tag.substr(0, 2) == "W/";
    if (is_weak) {
        tag.remove_prefix(2);
    }
    if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"') {
        return std::nullopt;
    }
    const std::string_view opaque = tag.substr(1, tag.size() - 2);
    if (opaque.find('"') != std::string_view::npos) {
        return std::nullopt;
    }
    return is_weak ? std::string() : std::string(opaque);
}

}  // namespace

std::string entity_tag(const Product& product) {
    return '"' + std::to_string(product.version) + '-' + std::to_string(product.stock_version) +
           '"';
}

std::optional<IfMatch> IfMatch::of(const carafe::http::Request& request) {
    const auto header = request.header("if-match");
    if (!header) {
        return std::nullopt;
    }
    IfMatch match;
    std::string_view rest = trimmed(*header);
    match.any_ = rest == "*";
    bool is_more = !match.any_;
    while (is_more) {
        const std::size_t comma = rest.find(',');
        auto tag = opaque_part(trimmed(rest.substr(0, comma)));
        if (!tag) {
            throw bad_header("If-Match", "must be * or a list of entity tags in quotes");
        }
        match.tags_.push_back(std::move(*tag));
        is_more = comma != std::string_view::npos;
        rest = is_more ? rest.substr(comma + 1) : std::string_view();
    }
    return match;
}

bool IfMatch::knows(int version) const {
    const std::string wanted = std::to_string(version);
    return any_ || std::any_of(tags_.begin(), tags_.end(), [&](const std::string& tag) {
               return tag.substr(0, tag.find('-')) == wanted;
           });
}

}  // namespace shop
