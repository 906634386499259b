#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace carafe::testing {

// Bytes on their way through the proxy in one direction: what was read from one socket and when,
// until it may be written to the other.
class ProxyStream {
public:
    using Clock = std::chrono::steady_clock;

    static constexpr std::size_t kWaitingBytesMax = 256UL * 1024;

    [[nodiscard]] bool is_full() const { return waiting_bytes_ >= kWaitingBytesMax; }
    [[nodiscard]] bool empty() const { return waiting_.empty(); }

    void add(std::string bytes, Clock::time_point due) {
        if (!bytes.empty()) {
            waiting_bytes_ += bytes.size();
            waiting_.push_back({std::move(bytes), due});
        }
    }
    // What may be written now; empty when nothing may.
    [[nodiscard]] std::string_view ready(Clock::time_point now) const {
        return waiting_.empty() || waiting_.front().due > now
                   ? std::string_view()
                   : std::string_view(waiting_.front().bytes).substr(written_);
    }
    [[nodiscard]] Clock::time_point next_due() const { return waiting_.front().due; }
    void written(std::size_t bytes) {
        written_ += bytes;
        waiting_bytes_ -= bytes;
        if (written_ == waiting_.front().bytes.size()) {
            waiting_.pop_front();
            written_ = 0;
        }
    }

    bool source_ended = false;  // no more will be read
    bool sink_told = false;     // and the other side knows

private:
    struct Piece {
        std::string bytes;
        Clock::time_point due;
    };

    std::deque<Piece> waiting_;
    std::size_t waiting_bytes_ = 0;
    std::size_t written_ = 0;  // of the first piece
};

// Puts one text in the place of another of the same length, wherever it is in a stream that comes
// in pieces.
class StreamReplacer {
public:
    StreamReplacer() = default;
    StreamReplacer(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}

    std::string pass(std::string bytes) {
        if (from_.empty()) {
            return bytes;
        }
        bytes.insert(0, held_);
        for (std::size_t at = bytes.find(from_); at != std::string::npos;
             at = bytes.find(from_, at + to_.size())) {
            bytes.replace(at, from_.size(), to_);
        }
        const std::size_t unsure = unfinished(bytes);
        held_ = unsure < kHeldBytesMin ? std::string() : bytes.substr(bytes.size() - unsure);
        bytes.resize(bytes.size() - held_.size());
        return bytes;
    }

private:
    // A piece that happens to end like the first byte or two of the text is not held back: nothing
    // may follow it for long.
    static constexpr std::size_t kHeldBytesMin = 3;

    // How many bytes at the end may be the beginning of `from_`.
    [[nodiscard]] std::size_t unfinished(std::string_view bytes) const {
        for (std::size_t count = std::min(from_.size() - 1, bytes.size()); count > 0; --count) {
            if (std::string_view(from_).starts_with(bytes.substr(bytes.size() - count))) {
                return count;
            }
        }
        return 0;
    }

    std::string from_;
    std::string to_;
    std::string held_;
};

// Whether a text has come by in a stream that comes in pieces.
class StreamSearch {
public:
    // Returns how many bytes of `bytes` there are up to the end of `text`; npos: not found yet.
    std::size_t find(std::string_view bytes, const std::string& text) {
        const std::size_t before = tail_.size();
        tail_ += bytes;
        const std::size_t at = tail_.find(text);
        if (at != std::string::npos) {
            return at + text.size() - before;
        }
        if (tail_.size() >= text.size()) {
            tail_.erase(0, tail_.size() - (text.size() - 1));
        }
        return std::string::npos;
    }

private:
    std::string tail_;
};

}  // namespace carafe::testing
