#include "realtime/engine_session.h"

#include <utility>

namespace carafe::realtime {

EngineSession::EngineSession(std::string id, const EngineOptions& options, Timers& timers)
    : id_(std::move(id)),
      options_(options),
      queue_(options.queue, *options.budget),
      heartbeat_(timers),
      crowd_(timers),
      deadline_(timers) {}

void EngineSession::begin(std::unique_ptr<SessionListener> listener, std::function<void()> on_end) {
    listener_ = std::move(listener);
    on_end_ = std::move(on_end);
    start_heartbeat();
}

void EngineSession::start_heartbeat() {
    awaits_pong_ = false;
    heartbeat_.arm(options_.ping_interval, [this] { send_ping(); });
}

void EngineSession::send_ping() {
    awaits_pong_ = true;
    heartbeat_.arm(options_.ping_timeout, [this] { end(Parting::abrupt); });
    send(text_frame("2"));
}

void EngineSession::send(Frame frame) {
    if (state_ != State::open || overflowed_) {
        return;
    }
    if (link_ && !link_busy_ && queue_.empty()) {
        write(std::move(frame));
        return;
    }
    if (queue_.push(std::move(frame))) {
        flush();
        watch_crowd();
    } else {
        give_up();
    }
}

void EngineSession::watch_crowd() {
    if (state_ != State::open || overflowed_ || !queue_.is_crowded()) {
        crowd_.cancel();
    } else if (!crowd_.is_armed()) {
        crowd_.arm(options_.queue.burst_time, [this] { give_up(); });
    }
}

void EngineSession::give_up() {
    crowd_.cancel();
    // Later, not now: the caller may be in the middle of a broadcast over the rooms that the
    // closing would change.
    overflowed_ = true;
    deadline_.arm(std::chrono::milliseconds(0), [this] { part_from_slow_client(); });
}

void EngineSession::part_from_slow_client() {
    queue_.clear();
    for (Frame& frame : listener_->farewell()) {
        static_cast<void>(queue_.push(std::move(frame)));
    }
    close();
}

void EngineSession::send_away(std::chrono::milliseconds delay) {
    if (!overflowed_) {
        for (Frame& frame : listener_->directions(delay)) {
            static_cast<void>(queue_.push(std::move(frame)));
        }
    }
    close();
}

void EngineSession::close() {
    if (state_ != State::open) {
        return;
    }
    const auto self = shared_from_this();
    state_ = State::closing;
    heartbeat_.cancel();
    crowd_.cancel();
    drop_probe();
    deadline_.arm(options_.linger, [this] { end(Parting::abrupt); });
    tell_closed();
    flush();
}

void EngineSession::tell_closed() {
    if (!std::exchange(told_closed_, true)) {
        listener_->on_close();
    }
}

void EngineSession::end(Parting parting, std::string last_packet) {
    if (state_ == State::ended) {
        return;
    }
    const auto self = shared_from_this();
    state_ = State::ended;
    heartbeat_.cancel();
    crowd_.cancel();
    deadline_.cancel();
    queue_.clear();
    answer_poll(std::move(last_packet));
    drop_probe();
    if (const auto link = std::exchange(link_, nullptr)) {
        parting == Parting::polite ? link->close() : link->abort();
    }
    tell_closed();
    on_end_();
}

void EngineSession::flush() {
    if (state_ == State::ended) {
        return;
    }
    link_ ? flush_link() : flush_poll();
}

void EngineSession::flush_link() {
    while (!link_busy_ && !queue_.empty()) {
        write(queue_.pop());
    }
    watch_crowd();
    if (!link_busy_ && state_ == State::closing) {
        end(Parting::polite);
    }
}

void EngineSession::write(Frame frame) {
    link_busy_ = !(link_ ? link_ : probe_)->write(std::move(frame));
}

void EngineSession::flush_poll() {
    if (!poll_ || (queue_.empty() && state_ == State::open)) {
        return;
    }
    std::string payload;
    while (!queue_.empty()) {
        append_to_payload(payload, queue_.pop());
    }
    crowd_.cancel();
    if (state_ == State::open) {
        answer_poll(std::move(payload));
        listener_->on_drained();
        return;
    }
    append_to_payload(payload, text_frame("1"));
    end(Parting::polite, std::move(payload));
}

void EngineSession::answer_poll(std::string payload) {
    if (const auto reply = std::exchange(poll_, nullptr)) {
        reply(std::move(payload));
    }
}

bool EngineSession::poll(PollReply reply) {
    if (poll_) {
        end(Parting::polite, "1");
        return false;
    }
    if (upgrading_) {
        reply("6");
        return true;
    }
    poll_ = std::move(reply);
    flush();
    return true;
}

void EngineSession::poll_aborted() {
    poll_ = nullptr;
    end(Parting::abrupt);
}

bool EngineSession::receive(const EnginePacket& packet) {
    if (state_ == State::ended) {
        return true;  // behind a close packet of the same payload
    }
    const auto self = shared_from_this();
    if (handle(packet)) {
        return true;
    }
    end(Parting::polite);
    return false;
}

bool EngineSession::handle(const EnginePacket& packet) {
    switch (packet.type) {
        case EngineType::message:
            return state_ == State::closing || listener_->on_message(packet.binary, packet.data);
        case EngineType::pong:
            if (awaits_pong_ && state_ == State::open) {
                start_heartbeat();
            }
            return true;
        case EngineType::close:
            end(Parting::polite);
            return true;
        case EngineType::noop:
            return true;
        case EngineType::open:
        case EngineType::ping:
        case EngineType::upgrade:
            return false;
    }
    return false;
}

void EngineSession::open_on(std::shared_ptr<WebSocketLink> link) {
    link_ = std::move(link);
    link_->start(shared_from_this());
    flush();
}

void EngineSession::probe_with(std::shared_ptr<WebSocketLink> link) {
    if (link_ || probe_ || state_ != State::open || overflowed_) {
        link->close();
        return;
    }
    probe_ = std::move(link);
    deadline_.arm(options_.upgrade_timeout, [this] { drop_probe(); });
    probe_->start(shared_from_this());
}

void EngineSession::drop_probe() {
    upgrading_ = false;
    if (const auto probe = std::exchange(probe_, nullptr)) {
        link_busy_ = false;
        if (!overflowed_) {
            deadline_.cancel();
        }
        probe->close();
    }
}

void EngineSession::handle_probe(const std::string& text) {
    if (text == "2probe" && !upgrading_) {
        upgrading_ = true;
        write(text_frame("3probe"));
        answer_poll("6");
    } else if (text == "5" && upgrading_) {
        complete_upgrade();
    } else {
        drop_probe();
    }
}

void EngineSession::complete_upgrade() {
    upgrading_ = false;
    if (!overflowed_) {
        deadline_.cancel();
    }
    answer_poll("6");
    link_ = std::exchange(probe_, nullptr);
    const bool anything_waited = !queue_.empty();
    flush();
    if (anything_waited && state_ == State::open && is_idle()) {
        listener_->on_drained();
    }
}

void EngineSession::on_frame(WebSocketLink& link, bool binary, std::string bytes) {
    const auto self = shared_from_this();
    if (&link == probe_.get()) {
        binary ? drop_probe() : handle_probe(bytes);
        return;
    }
    if (&link != link_.get()) {
        return;
    }
    if (binary) {
        receive({EngineType::message, true, std::move(bytes)});
        return;
    }
    const auto packet = decode_engine_packet(bytes);
    if (packet) {
        receive(*packet);
    } else {
        end(Parting::polite);
    }
}

void EngineSession::on_written(WebSocketLink& link) {
    if (&link == link_.get() || &link == probe_.get()) {
        link_busy_ = false;
        if (!link_) {
            return;
        }
        flush();
        if (state_ == State::open && is_idle()) {
            listener_->on_drained();
        }
    }
}

void EngineSession::on_lost(WebSocketLink& link) {
    if (&link == probe_.get()) {
        drop_probe();
    } else if (&link == link_.get()) {
        end(Parting::abrupt);
    }
}

}  // namespace carafe::realtime
