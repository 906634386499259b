#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/exchange.h"
#include "http/request_parser.h"
#include "http/worker_context.h"

namespace carafe::http {

// One client's connection: reads requests, has them served one after the other, writes the
// responses in that order, and knows until when it may take for what it is doing. Never blocks.
//
// Lives on its worker's thread, like everything that touches its descriptor: the worker alone
// opens, uses and closes it, so a descriptor that the kernel has given to someone else is never
// written to. It does not own the descriptor; the worker closes it (through Pistache) when told
// Verdict::close.
class Connection {
public:
    enum class Verdict {
        keep,
        again,  // it has more to do, but it is the others' turn: call resume() soon
        close,
    };

    Connection(int fd, std::uint64_t number, std::string peer_address, WorkerContext& worker);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // The socket has something to read or takes bytes again. `peer_is_done`: the client will send
    // nothing more, so reading goes on until it says so itself.
    Verdict on_readable(bool peer_is_done);
    Verdict on_writable() { return run(); }
    Verdict resume() { return run(); }
    // deadline() has passed.
    Verdict on_deadline();
    Verdict on_answer(std::uint64_t exchange, const Response& response);
    // One too many: says 503 and closes. Before any other call.
    Verdict refuse(const char* why);
    // The server stops: an idle connection has a moment left for a request that is on its way.
    void on_drain() { set_deadline(); }
    // The server has waited long enough: a deferred request gets 503. Then close it.
    void on_stop();

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] std::uint64_t number() const { return number_; }
    [[nodiscard]] const std::string& peer_address() const { return peer_address_; }
    [[nodiscard]] bool wants_write() const { return sent_ < output_.size(); }
    [[nodiscard]] Clock::time_point deadline() const { return deadline_; }

private:
    enum class State {
        reading,    // requests are read and served
        waiting,    // a deferred answer is to come; nothing is read
        closing,    // the last response is on its way
        lingering,  // it is sent; the client's bytes are thrown away until it closes
    };

    Verdict run();
    bool serve_buffered();
    void serve(RequestHead head);
    void respond(const Response& response);
    void refuse_request(const Refusal& refusal);
    void fail(int status, const char* detail);
    bool flush();
    Verdict read_more();
    Verdict linger();
    Verdict pause();
    void set_deadline();
    void close_with_reset() const;

    const int fd_;
    const std::uint64_t number_;
    const std::string peer_address_;
    WorkerContext& worker_;
    RequestParser parser_;
    State state_ = State::reading;
    Exchange exchange_;
    bool has_deferred_ = false;  // the handler called Request::defer()
    bool may_read_ = true;       // the kernel has said so, and no read has said otherwise since
    bool peer_is_done_ = false;
    std::string output_;
    std::size_t sent_ = 0;  // of output_
    int turns_left_ = 0;
    std::size_t lingered_bytes_ = 0;
    std::int64_t held_bytes_ = 0;  // as WorkerContext::hold() knows it
    Clock::time_point deadline_;

    // What deadline_ was set for; it is set anew only when this changes, so that a client that
    // sends or takes a byte now and then gains nothing by it.
    struct Waiting {
        int what = -1;
        std::uint64_t exchange = 0;
        bool is_stopping = false;
        bool operator==(const Waiting&) const = default;
    } waiting_for_;
};

}  // namespace carafe::http
