#include "http/request_parser.h"

#include <utility>

namespace carafe::http {
namespace {

constexpr std::size_t kKeptBufferBytes = 4UL * 1024;  // of an idle connection, at most

}  // namespace

RequestParser::RequestParser(const ParserLimits& limits) : limits_(limits) {
    start_over();
}

void RequestParser::start_over() {
    head_ = RequestHead{};
    reader_.emplace(head_);
    chunks_.reset();
    head_bytes_ = 0;
    fields_ = 0;
    skipped_blank_line_ = false;
    state_ = State::request_line;
}

void RequestParser::append(std::string_view bytes) {
    if (state_ == State::refused) {
        return;
    }
    if (position_ == buffer_.size()) {
        buffer_.clear();
        searched_ = position_ = 0;
    } else if (position_ > kKeptBufferBytes) {
        buffer_.erase(0, position_);
        searched_ -= position_;
        position_ = 0;
    }
    buffer_.append(bytes);
}

RequestParser::Event RequestParser::next() {
    for (;;) {
        std::optional<Event> event;
        switch (state_) {
            case State::request_line:
                event = read_request_line();
                break;
            case State::fields:
                event = read_field();
                break;
            case State::body:
                event = read_body();
                break;
            case State::complete:
                return Event::request;
            case State::refused:
                return Event::refused;
        }
        if (event) {
            return *event;
        }
    }
}

// The limit is judged on the line as a whole, complete or not, so that the answer does not depend
// on how the bytes were cut.
std::optional<std::string_view> RequestParser::take_head_line(int too_long_status) {
    const auto end = buffer_.find('\n', searched_);
    const bool is_complete = end != std::string::npos;
    const auto length = (is_complete ? end + 1 : buffer_.size()) - position_;
    if (head_bytes_ + length > limits_.head_bytes) {
        refuse({too_long_status, "The head of the request is too long."});
        return std::nullopt;
    }
    if (!is_complete) {
        searched_ = buffer_.size();
        return std::nullopt;
    }
    if (length == 1 || buffer_[end - 1] != '\r') {
        refuse({400, "A line of the head does not end with CRLF."});
        return std::nullopt;
    }
    const auto line = std::string_view(buffer_).substr(position_, length - 2);
    head_bytes_ += length;
    searched_ = position_ = end + 1;
    return line;
}

RequestParser::Event RequestParser::refuse(const Refusal& refusal) {
    refusal_ = refusal;
    state_ = State::refused;
    buffer_ = std::string();
    searched_ = position_ = 0;
    return Event::refused;
}

std::optional<RequestParser::Event> RequestParser::read_request_line() {
    const auto line = take_head_line(414);
    if (!line) {
        return state_ == State::refused ? Event::refused : Event::need_input;
    }
    // RFC 9112, 2.2: one empty line before a request is forgiven; old clients send it after a body.
    if (line->empty() && !skipped_blank_line_) {
        skipped_blank_line_ = true;
        return std::nullopt;
    }
    if (const auto refused = reader_->request_line(*line)) {
        return refuse(*refused);
    }
    state_ = State::fields;
    return std::nullopt;
}

std::optional<RequestParser::Event> RequestParser::read_field() {
    const auto line = take_head_line(431);
    if (!line) {
        return state_ == State::refused ? Event::refused : Event::need_input;
    }
    if (line->empty()) {
        return finish_head();
    }
    if (++fields_ > limits_.fields) {
        return refuse({431, "There are too many header fields."});
    }
    if (const auto refused = reader_->field_line(*line)) {
        return refuse(*refused);
    }
    return std::nullopt;
}

std::optional<RequestParser::Event> RequestParser::finish_head() {
    if (const auto refused = reader_->finish(limits_.body_bytes)) {
        return refuse(*refused);
    }
    state_ = State::body;
    if (head_.is_chunked) {
        chunks_.emplace(ChunkedBody::Limits{limits_.body_bytes, limits_.head_bytes, limits_.fields}
        );
    }
    return head_.expects_continue ? std::optional(Event::continue_expected) : std::nullopt;
}

std::optional<RequestParser::Event> RequestParser::read_body() {
    const auto rest = std::string_view(buffer_).substr(position_);
    if (chunks_) {
        position_ += chunks_->feed(rest);
        if (chunks_->refusal()) {
            return refuse(*chunks_->refusal());
        }
        if (!chunks_->is_complete()) {
            return Event::need_input;
        }
        head_.request.body = chunks_->take_body();
    } else {
        const auto length = static_cast<std::size_t>(head_.content_length.value_or(0));
        if (rest.size() < length) {
            return Event::need_input;
        }
        head_.request.body.assign(rest.substr(0, length));
        position_ += length;
    }
    searched_ = position_;
    state_ = State::complete;
    return std::nullopt;
}

RequestHead RequestParser::take() {
    RequestHead taken = std::move(head_);
    start_over();
    if (position_ == buffer_.size() && buffer_.capacity() > kKeptBufferBytes) {
        buffer_ = std::string();
        searched_ = position_ = 0;
    }
    return taken;
}

std::size_t RequestParser::held_bytes() const {
    return buffer_.capacity() + (chunks_ ? chunks_->body_bytes() : 0);
}

RequestParser::Phase RequestParser::phase() const {
    if (state_ == State::request_line && buffered() == 0) {
        return Phase::idle;
    }
    return state_ == State::body ? Phase::body : Phase::head;
}

}  // namespace carafe::http
