#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "realtime/client_socket.h"
#include "realtime/engine_session.h"
#include "realtime/timers.h"
#include "realtime/websocket_link.h"

namespace carafe::realtime::fakes {

// Time that passes when a spec says so.
class ManualTime {
public:
    Timers& timers() { return timers_; }
    void pass(std::chrono::milliseconds delay) {
        const auto end = now_ + delay;
        while (timers_.earliest() && *timers_.earliest() <= end) {
            now_ = std::max(now_, *timers_.earliest());
            timers_.run_due(now_);
        }
        now_ = end;
    }

private:
    Timers::Clock::time_point now_{};
    Timers timers_{[this] { return now_; }};
};

// Takes what is written; a spec says when it is with the kernel.
class FakeLink final : public WebSocketLink {
public:
    void start(std::shared_ptr<LinkListener> given) override { listener = std::move(given); }
    bool write(Frame frame) override {
        written.push_back(*frame.bytes);
        busy = !reads;
        return reads;
    }
    void close() override { end(true); }
    void abort() override { end(false); }

    void finish_write() {
        busy = false;
        if (const auto heard = listener) {
            heard->on_written(*this);
        }
    }
    void receive(const std::string& text) { listener->on_frame(*this, false, text); }
    void receive_binary(const std::string& bytes) { listener->on_frame(*this, true, bytes); }
    void lose() { std::exchange(listener, nullptr)->on_lost(*this); }

    std::shared_ptr<LinkListener> listener;
    std::vector<std::string> written;
    bool reads = true;  // false: a client that does not read
    bool busy = false;
    bool closed = false;   // politely
    bool aborted = false;  // cut

private:
    void end(bool politely) {
        listener = nullptr;
        (politely ? closed : aborted) = true;
    }
};

// The layer above a session.
class FakeListener final : public SessionListener {
public:
    struct Log {
        std::vector<std::string> messages;
        int closed = 0;
        int drained = 0;
    };
    explicit FakeListener(Log& log) : log_(log) {}
    bool on_message(bool binary, std::string_view bytes) override {
        log_.messages.push_back((binary ? "b:" : "") + std::string(bytes));
        return bytes != "bad";
    }
    std::vector<Frame> farewell() override { return {message_frame("farewell")}; }
    std::vector<Frame> directions(std::chrono::milliseconds delay) override {
        return {message_frame("back in " + std::to_string(delay.count()))};
    }
    void on_drained() override { ++log_.drained; }
    void on_close() override { ++log_.closed; }

private:
    Log& log_;
};

// What sockets send, without a session.
class FakeCarrier final : public SocketCarrier {
public:
    void send(Frame frame) override { sent.push_back(*frame.bytes); }
    void drop(const std::string& name_space) override { dropped.push_back(name_space); }
    void disconnect_all() override { ++disconnected; }
    [[nodiscard]] bool is_idle() const override { return idle; }

    std::vector<std::string> sent;
    std::vector<std::string> dropped;
    int disconnected = 0;
    bool idle = true;
};

}  // namespace carafe::realtime::fakes
