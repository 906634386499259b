#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/request_head.h"

namespace carafe::http {

// Decodes one chunked body (RFC 9112, 7.1), bytes in, body out. Extensions and trailers are
// checked, bounded and dropped.
class ChunkedBody {
public:
    struct Limits {
        std::size_t body_bytes;
        std::size_t trailer_bytes;
        std::size_t trailer_fields;
    };

    explicit ChunkedBody(const Limits& limits) : limits_(limits) {}

    // Reads as much as it can and returns how many bytes that was; feed the rest again later.
    std::size_t feed(std::string_view bytes);

    [[nodiscard]] bool is_complete() const { return state_ == State::complete; }
    [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }
    [[nodiscard]] std::size_t body_bytes() const { return body_.capacity(); }
    std::string take_body() { return std::move(body_); }

private:
    enum class State { size, data, data_end, trailer, complete };

    std::size_t feed_line(std::string_view bytes);
    std::size_t feed_data(std::string_view bytes);
    std::size_t feed_data_end(std::string_view bytes);
    void size_line(std::string_view line);
    void trailer_line(std::string_view line);
    void refuse(int status, const char* detail) { refusal_ = Refusal{status, detail}; }

    Limits limits_;
    State state_ = State::size;
    std::string body_;
    std::size_t remaining_ = 0;  // bytes of the current chunk still to come
    std::size_t extension_bytes_ = 0;
    std::size_t trailer_bytes_ = 0;
    std::size_t trailer_fields_ = 0;
    std::optional<Refusal> refusal_;
};

}  // namespace carafe::http
