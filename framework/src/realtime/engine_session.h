#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "realtime/engine_packet.h"
#include "realtime/frame_queue.h"
#include "realtime/timers.h"
#include "realtime/websocket_link.h"

namespace carafe::realtime {

struct EngineOptions {
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds ping_timeout{20'000};
    std::chrono::milliseconds upgrade_timeout{10'000};
    std::chrono::milliseconds linger{5'000};  // for the last frames of a session that is closed
    std::size_t max_payload_bytes = std::size_t{16} * 1024;
    QueueLimits queue;
    std::shared_ptr<QueueBudget> budget =
        std::make_shared<QueueBudget>(std::size_t{64} * 1024 * 1024);
};

// The layer above: Socket.IO, or an echo in the conformance suite.
class SessionListener {
public:
    virtual ~SessionListener() = default;
    // False: the message breaks the protocol, and the session ends.
    virtual bool on_message(bool binary, std::string_view bytes) = 0;
    // The last words for a client that cannot keep up.
    virtual std::vector<Frame> farewell() = 0;
    // The last words for a client whose server stops, and who is to come back in `delay`, to
    // another.
    virtual std::vector<Frame> directions(std::chrono::milliseconds delay) = 0;
    // Everything that was sent has gone out; may come while something is being sent.
    virtual void on_drained() {}
    // Once, before the session goes; nothing that is sent from now on goes out.
    virtual void on_close() = 0;
};

// One Engine.IO v4 session: its transport (polling, then perhaps a WebSocket), heartbeat, and the
// bounded queue of what waits for the client. No sockets and no clock inside.
class EngineSession final : public LinkListener,
                            public std::enable_shared_from_this<EngineSession> {
public:
    using PollReply = std::function<void(std::string payload)>;

    EngineSession(std::string id, const EngineOptions& options, Timers& timers);

    // Called once, before anything else. `on_end` is the last thing a session does.
    void begin(std::unique_ptr<SessionListener> listener, std::function<void()> on_end);

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] bool is_open() const { return state_ == State::open; }

    // For the layer above. A queue that is full, or was crowded for too long, is replaced by the
    // farewell, and the session closes.
    void send(Frame frame);
    // Nothing waits, and the transport takes the next frame at once.
    [[nodiscard]] bool is_idle() const {
        return queue_.empty() && (link_ ? !link_busy_ : static_cast<bool>(poll_));
    }
    // Closes, with the directions behind what waits.
    void send_away(std::chrono::milliseconds delay);
    // Lets what waits go out, for at most `linger`.
    void close();
    // Cuts what is still open; a session and its link hold each other until one of them ends.
    void abort() { end(Parting::abrupt); }

    // For the transports. A link that is not welcome is closed.
    void open_on(std::shared_ptr<WebSocketLink> link);
    void probe_with(std::shared_ptr<WebSocketLink> link);
    [[nodiscard]] bool takes_polling() const { return !link_ && state_ != State::ended; }
    // A GET. False: a second one while the first waits, which ends the session.
    bool poll(PollReply reply);
    // The client gave up the GET that waits.
    void poll_aborted();
    // A packet of a POST. False: it broke the protocol, and the session has ended.
    bool receive(const EnginePacket& packet);
    // What came cannot be read.
    void fail() { end(Parting::polite); }

    void on_frame(WebSocketLink& link, bool binary, std::string bytes) override;
    void on_written(WebSocketLink& link) override;
    void on_lost(WebSocketLink& link) override;

private:
    enum class State { open, closing, ended };
    enum class Parting { polite, abrupt };

    void start_heartbeat();
    void send_ping();
    void flush();
    void flush_link();
    void flush_poll();
    void write(Frame frame);
    bool handle(const EnginePacket& packet);
    void handle_probe(const std::string& text);
    void complete_upgrade();
    void drop_probe();
    void answer_poll(std::string payload);
    void watch_crowd();
    void give_up();
    void part_from_slow_client();
    void tell_closed();
    void end(Parting parting, std::string last_packet = "6");

    const std::string id_;
    const EngineOptions& options_;
    std::unique_ptr<SessionListener> listener_;
    std::function<void()> on_end_;
    FrameQueue queue_;
    std::shared_ptr<WebSocketLink> link_;
    std::shared_ptr<WebSocketLink> probe_;
    PollReply poll_;
    Timer heartbeat_;
    Timer crowd_;     // since more waits than may for long
    Timer deadline_;  // of the upgrade while there is a probe, of the parting afterwards
    State state_ = State::open;
    bool told_closed_ = false;
    bool link_busy_ = false;  // of link_, or of probe_ until the upgrade is complete
    bool upgrading_ = false;  // the probe was answered: polling no longer carries messages
    bool awaits_pong_ = false;
    bool overflowed_ = false;
};

}  // namespace carafe::realtime
