#include "http/target.h"

#include <algorithm>
#include <optional>
#include <string>

#include "http/utf8.h"

namespace carafe::http {
namespace {

constexpr std::size_t kMaxQueryFields = 100;

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

enum class Plus { kept, is_space };

// Nothing when the encoding is broken or the result is not text that a database would take.
std::optional<std::string> percent_decoded(std::string_view text, Plus plus) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0 || (high == 0 && low == 0)) {
                return std::nullopt;
            }
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        } else if (text[i] == '+' && plus == Plus::is_space) {
            decoded += ' ';
        } else {
            decoded += text[i];
        }
    }
    return is_utf8(decoded) ? std::optional(std::move(decoded)) : std::nullopt;
}

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
}

// `.` and `..` between slashes, written plainly or percent-encoded: whoever joins the path to
// something else must not be led out of it.
bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);  // the slash
        const auto segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..") {
            return true;
        }
        path.remove_prefix(segment.size());
    }
    return false;
}

const char* parse_path(std::string_view raw, Request& request) {
    if (raw.find('\\') != std::string_view::npos) {
        return "The path contains a character that must be percent-encoded.";
    }
    while (!raw.empty()) {
        raw.remove_prefix(1);  // the slash
        const auto segment = raw.substr(0, raw.find('/'));
        auto decoded = percent_decoded(segment, Plus::kept);
        if (!decoded || has_control_character(*decoded)) {
            return "The path is not percent-encoded UTF-8 text.";
        }
        request.path += '/';
        request.path += *decoded;
        request.segments.push_back(std::move(*decoded));
        raw.remove_prefix(segment.size());
    }
    return has_dot_segment(request.path) ? "The path must not contain dot segments." : nullptr;
}

const char* parse_query(std::string_view raw, Request& request) {
    while (!raw.empty()) {
        const auto pair = raw.substr(0, raw.find('&'));
        raw.remove_prefix(std::min(pair.size() + 1, raw.size()));
        if (pair.empty()) {
            continue;
        }
        const auto equals = pair.find('=');
        auto name = percent_decoded(pair.substr(0, equals), Plus::is_space);
        auto value = equals == std::string_view::npos
                         ? std::optional<std::string>(std::in_place)
                         : percent_decoded(pair.substr(equals + 1), Plus::is_space);
        if (!name || !value) {
            return "The query is not percent-encoded UTF-8 text.";
        }
        if (request.query.size() == kMaxQueryFields) {
            return "The query has too many fields.";
        }
        request.query.emplace(std::move(*name), std::move(*value));
    }
    return nullptr;
}

// `http://host[:port]` of the absolute form; the Host header rules, so it is only cut off.
std::string_view without_authority(std::string_view target) {
    constexpr std::string_view kScheme = "http://";
    if (target.substr(0, kScheme.size()) != kScheme) {
        return target;
    }
    const auto end = target.find_first_of("/?", kScheme.size());
    if (end == kScheme.size()) {
        return target;  // no host: refused, since it does not start with a slash
    }
    return end == std::string_view::npos ? "/" : target.substr(end);
}

}  // namespace

const char* parse_target(std::string_view target, Request& request) {
    if (target == "*" && request.method == "OPTIONS") {
        request.path = "*";
        return nullptr;
    }
    const bool printable = std::all_of(target.begin(), target.end(), [](char c) {
        return c > 0x20 && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '#';
    });
    if (!printable) {
        return "The request target contains a character that must be percent-encoded.";
    }
    target = without_authority(target);
    const auto question = target.find('?');
    const auto path = target.substr(0, question);
    if (path.empty() || path.front() != '/') {
        return "The request target must be a path.";
    }
    if (const char* refused = parse_path(path, request)) {
        return refused;
    }
    return question == std::string_view::npos ? nullptr
                                              : parse_query(target.substr(question + 1), request);
}

}  // namespace carafe::http
