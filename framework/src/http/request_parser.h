#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/chunked_body.h"
#include "http/request_head.h"

namespace carafe::http {

struct ParserLimits {
    std::size_t head_bytes = 8UL * 1024;  // request line and fields with their line ends
    std::size_t fields = 64;
    std::size_t body_bytes = 64UL * 1024;
};

// Frames and reads the requests of one connection: bytes in, events out; no sockets, no clock.
// How the bytes are cut into append() calls makes no difference to the events. Not thread-safe.
//
//     parser.append(bytes);
//     while ((event = parser.next()) == Event::request) serve(parser.take());
class RequestParser {
public:
    enum class Event {
        need_input,         // nothing more to say until append()
        continue_expected,  // once per request that asks for 100 Continue before its body
        request,            // take() it; next() repeats this until then
        refused,            // refusal() says why; nothing after it can be trusted: close
    };
    enum class Phase { idle, head, body };  // of what has come of the next request

    explicit RequestParser(const ParserLimits& limits);
    ~RequestParser() = default;
    RequestParser(const RequestParser&) = delete;  // the head reader points into it
    RequestParser& operator=(const RequestParser&) = delete;

    void append(std::string_view bytes);
    Event next();

    // The request after Event::request, ready for the next one; moves the body and the fields out.
    RequestHead take();
    // What was read so far of the request that was refused.
    [[nodiscard]] const RequestHead& partial() const { return head_; }
    [[nodiscard]] const Refusal& refusal() const { return refusal_; }

    [[nodiscard]] Phase phase() const;
    // Memory in use for the request under way.
    [[nodiscard]] std::size_t held_bytes() const;
    // Bytes held for what is not read yet.
    [[nodiscard]] std::size_t buffered() const { return buffer_.size() - position_; }

private:
    enum class State { request_line, fields, body, complete, refused };

    std::optional<std::string_view> take_head_line(int too_long_status);
    Event refuse(const Refusal& refusal);
    std::optional<Event> read_request_line();
    std::optional<Event> read_field();
    std::optional<Event> read_body();
    std::optional<Event> finish_head();
    void start_over();

    ParserLimits limits_;
    std::string buffer_;
    std::size_t position_ = 0;  // what lies before it is read
    std::size_t searched_ = 0;  // no line end lies between position_ and it
    State state_ = State::request_line;
    RequestHead head_;
    std::optional<RequestHeadReader> reader_;
    std::optional<ChunkedBody> chunks_;
    std::size_t head_bytes_ = 0;
    std::size_t fields_ = 0;
    bool skipped_blank_line_ = false;
    Refusal refusal_;
};

}  // namespace carafe::http
