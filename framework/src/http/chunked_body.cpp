#include "http/chunked_body.h"

#include <algorithm>

namespace carafe::http {
namespace {

constexpr std::size_t kMaxSizeDigits = 8;         // 4 GiB: far beyond any limit, no overflow
constexpr std::size_t kMaxSizeLineBytes = 256;    // with extensions and CRLF
constexpr std::size_t kMaxExtensionBytes = 1024;  // of all chunks of one body

std::optional<std::size_t> hex_number(std::string_view digits) {
    if (digits.empty() || digits.size() > kMaxSizeDigits) {
        return std::nullopt;
    }
    std::size_t value = 0;
    for (const char c : digits) {
        const bool is_digit = c >= '0' && c <= '9';
        const bool is_lower = c >= 'a' && c <= 'f';
        if (!is_digit && !is_lower && !(c >= 'A' && c <= 'F')) {
            return std::nullopt;
        }
        value = value * 16 +
                static_cast<std::size_t>(is_digit ? c - '0' : (c - (is_lower ? 'a' : 'A')) + 10);
    }
    return value;
}

bool is_extension_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 0x20 && c < 0x7F) || c == '\t';
    });
}

}  // namespace

std::size_t ChunkedBody::feed(std::string_view bytes) {
    std::size_t used = 0;
    while (!refusal_ && state_ != State::complete) {
        const auto rest = bytes.substr(used);
        std::size_t step = 0;
        if (state_ == State::data) {
            step = feed_data(rest);
        } else if (state_ == State::data_end) {
            step = feed_data_end(rest);
        } else {
            step = feed_line(rest);
        }
        if (step == 0) {
            break;
        }
        used += step;
    }
    return used;
}

std::size_t ChunkedBody::feed_line(std::string_view bytes) {
    const bool is_size = state_ == State::size;
    const auto end = bytes.find('\n');
    const auto length = end == std::string_view::npos ? bytes.size() : end + 1;
    if (length > (is_size ? kMaxSizeLineBytes : limits_.trailer_bytes - trailer_bytes_)) {
        refuse(
            is_size ? 400 : 431, is_size ? "A chunk size is too long." : "The trailer is too long."
        );
        return 0;
    }
    if (end == std::string_view::npos) {
        return 0;
    }
    if (end == 0 || bytes[end - 1] != '\r') {
        refuse(400, "A line of the chunked body does not end with CRLF.");
        return 0;
    }
    const auto line = bytes.substr(0, end - 1);
    if (is_size) {
        size_line(line);
    } else {
        trailer_bytes_ += length;
        trailer_line(line);
    }
    return length;
}

void ChunkedBody::size_line(std::string_view line) {
    const auto digits = line.substr(0, line.find(';'));
    const auto extension = line.substr(digits.size());
    const auto size = hex_number(digits);
    extension_bytes_ += extension.size();
    if (!size || !is_extension_text(extension) || extension_bytes_ > kMaxExtensionBytes) {
        return refuse(400, "A chunk size is malformed.");
    }
    if (*size > limits_.body_bytes - body_.size()) {
        return refuse(413, "The body is too large.");
    }
    remaining_ = *size;
    state_ = *size == 0 ? State::trailer : State::data;
}

std::size_t ChunkedBody::feed_data(std::string_view bytes) {
    const auto part = bytes.substr(0, remaining_);
    body_.append(part);
    remaining_ -= part.size();
    if (remaining_ == 0) {
        state_ = State::data_end;
    }
    return part.size();
}

std::size_t ChunkedBody::feed_data_end(std::string_view bytes) {
    constexpr std::string_view kEnd = "\r\n";
    const auto part = bytes.substr(0, kEnd.size());
    if (part != kEnd.substr(0, part.size())) {
        refuse(400, "A chunk does not end with CRLF.");
        return 0;
    }
    if (part.size() < kEnd.size()) {
        return 0;
    }
    state_ = State::size;
    return kEnd.size();
}

void ChunkedBody::trailer_line(std::string_view line) {
    if (line.empty()) {
        state_ = State::complete;
        return;
    }
    const auto field = parse_field(line);
    if (!field || field->name == "content-length" || field->name == "transfer-encoding" ||
        field->name == "host") {
        return refuse(400, "A trailer field is malformed.");
    }
    if (++trailer_fields_ > limits_.trailer_fields) {
        refuse(431, "There are too many trailer fields.");
    }
}

}  // namespace carafe::http
