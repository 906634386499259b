#include "http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "carafe/http/problem.h"
#include "carafe/log.h"
#include "http/client_address.h"

namespace carafe::http {
namespace {

// Requests or reads in one turn: then others of the worker go first.
constexpr int kTurns = 16;
// Responses to pipelined requests are sent together up to here. With one response more this bounds
// what a connection holds for a client that does not read.
constexpr std::size_t kBatchedOutputBytes = 64UL * 1024;
// Of an idle connection.
constexpr std::size_t kKeptOutputBytes = 16UL * 1024;
// The write time-out is for this much (64 KiB/s with 10 s): large responses get more.
constexpr std::size_t kWriteTimeoutBytes = 640UL * 1024;
// A client that is still sending when it is answered for good would lose the answer to a reset if
// its bytes met a closed socket; so they are read and dropped, within these bounds.
constexpr std::chrono::milliseconds kLingerTime{2'000};
constexpr std::size_t kLingerBytes = 1024UL * 1024;
// Slow clients that came together would be thrown out together, and come again together; so each
// has up to an eighth more time, in this many steps.
constexpr int kSpread = 64;
// What a stopping server gives a client to close after its last response.
constexpr std::chrono::milliseconds kStopLingerTime{100};
// A connection's first bytes are not counted: an ordinary exchange costs no look at the total.
constexpr std::size_t kUncountedBytes = 16UL * 1024;

}  // namespace

Connection::Connection(
    int fd, std::uint64_t number, std::string peer_address, WorkerContext& worker
)
    : fd_(fd),
      number_(number),
      peer_address_(std::move(peer_address)),
      worker_(worker),
      parser_(worker.limits) {
    set_deadline();
}

Connection::~Connection() {
    worker_.hold(-held_bytes_);
}

Connection::Verdict Connection::on_readable(bool peer_is_done) {
    may_read_ = true;
    peer_is_done_ = peer_is_done_ || peer_is_done;
    return run();
}

// The one loop: send what is ready, serve what has come, read more; until one of them has to wait.
Connection::Verdict Connection::run() {
    turns_left_ = kTurns;
    for (;;) {
        if (!flush()) {
            return Verdict::close;
        }
        if (wants_write() || state_ == State::waiting) {
            break;
        }
        if (state_ == State::closing || state_ == State::lingering) {
            return linger();
        }
        if (turns_left_ <= 0) {
            return pause() == Verdict::close ? Verdict::close : Verdict::again;
        }
        const bool has_more = serve_buffered();
        if (has_more || wants_write() || state_ != State::reading) {
            continue;
        }
        if (!may_read_) {
            break;
        }
        if (read_more() == Verdict::close) {
            return Verdict::close;
        }
    }
    return pause();
}

// It is the client's turn, or another connection's: until when it may take, and what it costs.
Connection::Verdict Connection::pause() {
    set_deadline();
    const auto held = parser_.held_bytes() + output_.capacity();
    const auto counted = static_cast<std::int64_t>(held > kUncountedBytes ? held : 0);
    if (counted == held_bytes_) {
        return Verdict::keep;
    }
    const bool is_allowed = worker_.hold(counted - held_bytes_);
    held_bytes_ = counted;
    if (is_allowed) {
        return Verdict::keep;
    }
    worker_.repeats.warn("http cuts a client off", "max_buffered_bytes is reached");
    close_with_reset();
    return Verdict::close;
}

// Returns whether there may be more to serve before more is read.
bool Connection::serve_buffered() {
    while (state_ == State::reading) {
        if (output_.size() - sent_ >= kBatchedOutputBytes || turns_left_ <= 0) {
            return true;
        }
        switch (parser_.next()) {
            case RequestParser::Event::need_input:
                return false;
            case RequestParser::Event::continue_expected:
                output_.append("HTTP/1.1 100 Continue\r\n\r\n");
                break;
            case RequestParser::Event::request:
                --turns_left_;
                serve(parser_.take());
                break;
            case RequestParser::Event::refused:
                refuse_request(parser_.refusal());
                break;
        }
    }
    return false;
}

void Connection::serve(RequestHead head) {
    Request& request = head.request;
    request.id = request_id_of(request, worker_);
    request.remote_address =
        client_address(peer_address_, request, worker_.options().trusted_proxies);
    exchange_.number += 1;
    exchange_.request_id = request.id;
    exchange_.method = request.method;
    exchange_.path = request.path;
    exchange_.remote_address = request.remote_address;
    exchange_.started = Clock::now();
    exchange_.minor_version = head.minor_version;
    exchange_.keep_alive = head.keep_alive;
    begin_span(exchange_, request, worker_);
    has_deferred_ = false;
    request.make_deferred = [this]() -> std::shared_ptr<Deferred> {
        auto deferred =
            make_deferred({worker_.box, worker_.slots(), number_, exchange_.number, exchange_.path}
            );
        has_deferred_ = deferred != nullptr;
        return deferred;
    };
    const auto response = worker_.router().serve(request);
    exchange_.route = request.route;
    if (!response.is_deferred) {
        return respond(response);
    }
    if (!has_deferred_) {
        log::error(
            "http handler returned Response::deferred() without a Deferred",
            {{"request_id", request.id}, {"route", std::string(request.route)}}
        );
        return fail(500, "The server could not serve this request.");
    }
    state_ = State::waiting;
}

void Connection::respond(const Response& response) {
    write_response(output_, response, exchange_, worker_);
    state_ = exchange_.keep_alive ? State::reading : State::closing;
}

void Connection::fail(int status, const char* detail) {
    respond(Problem(status, detail).response(exchange_.path));
}

void Connection::refuse_request(const Refusal& refusal) {
    const RequestHead& head = parser_.partial();
    exchange_ = Exchange{};
    exchange_.request_id = request_id_of(head.request, worker_);
    exchange_.path = head.request.path;
    exchange_.method = head.request.method;
    exchange_.remote_address = peer_address_;
    exchange_.started = Clock::now();
    fail(refusal.status, refusal.detail);
}

Connection::Verdict Connection::refuse(const char* why) {
    exchange_.request_id = worker_.request_ids.next();
    exchange_.remote_address = peer_address_;
    exchange_.started = Clock::now();
    respond(Problem(503, why).with("Retry-After", "1").response(""));
    return run();
}

Connection::Verdict Connection::on_answer(std::uint64_t exchange, const Response& response) {
    if (state_ == State::waiting && exchange == exchange_.number) {
        respond(response);
        return run();
    }
    return Verdict::keep;
}

Connection::Verdict Connection::on_deadline() {
    if (wants_write() || state_ == State::lingering) {
        close_with_reset();
        return Verdict::close;
    }
    if (state_ == State::waiting) {
        fail(504, "The answer did not come in time.");
        return run();
    }
    if (parser_.phase() == RequestParser::Phase::idle) {
        return Verdict::close;
    }
    refuse_request({408, "The request did not come in time."});
    return run();
}

void Connection::on_stop() {
    if (state_ == State::waiting) {
        fail(503, "The server is stopping.");
        flush();
    }
}

// Sends what the socket takes. Returns false when the client has gone.
bool Connection::flush() {
    while (wants_write()) {
        const auto sent = ::send(
            fd_, output_.data() + sent_, output_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT
        );
        if (sent >= 0) {
            sent_ += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return true;
        } else if (errno != EINTR) {
            return false;
        }
    }
    if (output_.capacity() > kKeptOutputBytes) {
        output_ = std::string();
    }
    output_.clear();
    sent_ = 0;
    return true;
}

Connection::Verdict Connection::read_more() {
    auto& buffer = worker_.read_buffer;
    const auto got = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
        --turns_left_;
        // A short read has emptied the socket: with edge triggering the kernel tells of the next
        // byte, so the read that would only say "nothing there" can be saved. It has told of the
        // end already, though, when that came together with these bytes.
        may_read_ = peer_is_done_ || static_cast<std::size_t>(got) == buffer.size();
        parser_.append({buffer.data(), static_cast<std::size_t>(got)});
        return Verdict::keep;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        may_read_ = false;
        return Verdict::keep;
    }
    return got < 0 && errno == EINTR ? Verdict::keep : Verdict::close;
}

Connection::Verdict Connection::linger() {
    if (state_ == State::closing) {
        state_ = State::lingering;
        ::shutdown(fd_, SHUT_WR);
        may_read_ = true;
    }
    auto& buffer = worker_.read_buffer;
    while (may_read_) {
        const auto got = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got > 0 && lingered_bytes_ < kLingerBytes) {
            lingered_bytes_ += static_cast<std::size_t>(got);
        } else if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            may_read_ = false;
        } else if (got >= 0 || errno != EINTR) {
            return Verdict::close;
        }
    }
    return pause();
}

// What the connection waits for now, and until when it may.
void Connection::set_deadline() {
    const auto& options = worker_.options();
    const auto phase = parser_.phase();
    Waiting waiting{static_cast<int>(phase), exchange_.number, worker_.is_stopping()};
    Clock::duration time = options.keep_alive_timeout;
    if (wants_write()) {
        waiting.what = 10;
        time = options.write_timeout * (1 + (output_.size() - sent_) / kWriteTimeoutBytes);
    } else if (state_ == State::waiting) {
        waiting.what = 11;
        time = options.deferred_timeout;
    } else if (state_ == State::lingering) {
        waiting.what = 12;
        time = worker_.is_stopping() ? kStopLingerTime : kLingerTime;
    } else if (phase == RequestParser::Phase::body) {
        time = options.body_timeout;
    } else if (phase == RequestParser::Phase::idle && worker_.is_stopping()) {
        time = options.stop_idle_time;
    } else if (phase == RequestParser::Phase::head || exchange_.number == 0) {
        waiting.what = static_cast<int>(RequestParser::Phase::head);
        time = options.header_timeout;
    }
    if (waiting != waiting_for_) {
        waiting_for_ = waiting;
        deadline_ = Clock::now() + time + time * (number_ % kSpread) / (8 * kSpread);
    }
}

void Connection::close_with_reset() const {
    // What the client did not take is dropped at once instead of staying in the kernel.
    const struct linger reset { 1, 0 };
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

}  // namespace carafe::http
