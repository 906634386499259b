#include "http/request_head.h"

#include <algorithm>
#include <array>
#include <string>

#include "http/target.h"
#include "http/utf8.h"

namespace carafe::http {
namespace {

constexpr std::size_t kMaxMethodLength = 32;
constexpr std::size_t kMaxContentLengthDigits = 18;  // always fits 64 bits

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_token_character(char c) {
    static const auto kTable = [] {
        std::array<bool, 256> table{};
        for (const char allowed : std::string_view(
                 "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
             )) {
            table.at(static_cast<unsigned char>(allowed)) = true;
        }
        return table;
    }();
    return kTable[static_cast<unsigned char>(c)];
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
    return std::equal(
        text.begin(),
        text.end(),
        lower_case.begin(),
        lower_case.end(),
        [](char a, char b) { return lower(a) == b; }
    );
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool is_field_value(std::string_view value) {
    const bool no_control = std::all_of(value.begin(), value.end(), [](char c) {
        return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) || c == '\t';
    });
    return no_control && is_utf8(value);
}

bool is_host(std::string_view value) {
    return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return c > 0x20 && c < 0x7F &&
               std::string_view("/?#@\\,\"<>{}|^`").find(c) == std::string_view::npos;
    });
}

template <typename Use>
void for_each_element(std::string_view list, Use use) {
    while (!list.empty()) {
        const auto element = list.substr(0, list.find(','));
        list.remove_prefix(std::min(element.size() + 1, list.size()));
        use(trimmed(element));
    }
}

Refusal bad_request(const char* detail) {
    return {400, detail};
}

}  // namespace

std::optional<Field> parse_field(std::string_view line) {
    // A line that starts with a space would continue the one before (obs-fold), a space before the
    // colon is read differently by different servers: neither is a token, so both are refused.
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        return std::nullopt;
    }
    Field field{std::string(line.substr(0, colon)), trimmed(line.substr(colon + 1))};
    std::transform(field.name.begin(), field.name.end(), field.name.begin(), lower);
    if (!is_field_value(field.value)) {
        return std::nullopt;
    }
    return field;
}

std::optional<Refusal> RequestHeadReader::request_line(std::string_view line) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        return bad_request("The request line is malformed.");
    }
    const auto method = line.substr(0, first);
    const auto target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    if (!is_token(method) || method.size() > kMaxMethodLength || target.empty()) {
        return bad_request("The request line is malformed.");
    }
    if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !is_digit(version[5]) ||
        version[6] != '.' || !is_digit(version[7])) {
        return bad_request("The request line is malformed.");
    }
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        return Refusal{505, "Only HTTP/1.1 and HTTP/1.0 are spoken here."};
    }
    head_.minor_version = version.back() - '0';
    head_.request.method = method;
    if (method == "CONNECT") {
        return Refusal{501, "This server is not a proxy."};
    }
    if (const char* refused = parse_target(target, head_.request)) {
        return bad_request(refused);
    }
    return std::nullopt;
}

std::optional<Refusal> RequestHeadReader::field_line(std::string_view line) {
    auto field = parse_field(line);
    if (!field) {
        return bad_request("A header field is malformed.");
    }
    if (auto refused = known_field(field->name, field->value)) {
        return refused;
    }
    head_.request.headers.emplace(std::move(field->name), field->value);
    return std::nullopt;
}

std::optional<Refusal> RequestHeadReader::known_field(
    std::string_view name, std::string_view value
) {
    if (name == "host") {
        if (has_host_ || !is_host(value)) {
            return bad_request("There must be exactly one valid Host header.");
        }
        has_host_ = true;
    } else if (name == "content-length") {
        return content_length(value);
    } else if (name == "transfer-encoding") {
        return transfer_encoding(value);
    } else if (name == "connection") {
        connection(value);
    } else if (name == "expect") {
        if (!equals_ignoring_case(value, "100-continue")) {
            return Refusal{417, "The only expectation understood is 100-continue."};
        }
        head_.expects_continue = true;
    }
    return std::nullopt;
}

std::optional<Refusal> RequestHeadReader::content_length(std::string_view value) {
    if (head_.content_length || value.empty() ||
        !std::all_of(value.begin(), value.end(), is_digit)) {
        return bad_request("There must be one Content-Length, a number.");
    }
    value.remove_prefix(std::min(value.find_first_not_of('0'), value.size()));
    if (value.size() > kMaxContentLengthDigits) {
        return Refusal{413, "The body is too large."};
    }
    std::uint64_t length = 0;
    for (const char digit : value) {
        length = length * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    head_.content_length = length;
    return std::nullopt;
}

std::optional<Refusal> RequestHeadReader::transfer_encoding(std::string_view value) {
    if (has_transfer_encoding_) {
        return bad_request("There must be one Transfer-Encoding.");
    }
    has_transfer_encoding_ = true;
    if (!equals_ignoring_case(value, "chunked")) {
        return Refusal{501, "The only transfer coding understood is chunked."};
    }
    head_.is_chunked = true;
    return std::nullopt;
}

void RequestHeadReader::connection(std::string_view value) {
    for_each_element(value, [this](std::string_view option) {
        wants_close_ = wants_close_ || equals_ignoring_case(option, "close");
        wants_keep_alive_ = wants_keep_alive_ || equals_ignoring_case(option, "keep-alive");
    });
}

std::optional<Refusal> RequestHeadReader::finish(std::size_t max_body_bytes) {
    const bool is_1_1 = head_.minor_version >= 1;
    if (is_1_1 && !has_host_) {
        return bad_request("There must be exactly one valid Host header.");
    }
    if (head_.is_chunked && (head_.content_length || !is_1_1)) {
        return bad_request("Transfer-Encoding does not go with Content-Length or HTTP/1.0.");
    }
    if (head_.content_length.value_or(0) > max_body_bytes) {
        return Refusal{413, "The body is too large."};
    }
    const bool has_body = head_.is_chunked || head_.content_length.value_or(0) > 0;
    head_.expects_continue = head_.expects_continue && is_1_1 && has_body;
    head_.keep_alive = !wants_close_ && (is_1_1 || wants_keep_alive_);
    return std::nullopt;
}

}  // namespace carafe::http
