#include "realtime/beast_websocket.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <string>
#include <utility>

namespace carafe::realtime {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

constexpr std::chrono::seconds kHandshakeTimeout{10};
constexpr std::chrono::milliseconds kCloseTimeout{5'000};
// A large message is rare: its buffer is given back, or it would stay with the connection.
constexpr std::size_t kKeptBufferBytes = 2048;

class BeastWebSocket final : public WebSocketLink,
                             public std::enable_shared_from_this<BeastWebSocket> {
public:
    BeastWebSocket(WebSocketOffer& offer, Timers& timers)
        : ticket_(std::move(offer.ticket)),
          stream_(std::move(offer.stream)),
          buffer_(offer.max_message_bytes),
          close_deadline_(timers) {
        stream_.next_layer().expires_never();  // from here on the WebSocket's own time-outs count
        // Idle connections are the heartbeat's business.
        stream_.set_option(websocket::stream_base::timeout{
            kHandshakeTimeout, websocket::stream_base::none(), false});
        stream_.read_message_max(offer.max_message_bytes);
        stream_.auto_fragment(false);
        stream_.write_buffer_bytes(512);
    }

    template <typename OnOpen>
    void accept(BeastRequest request, OnOpen on_open) {
        auto kept = std::make_shared<BeastRequest>(std::move(request));
        stream_.async_accept(
            *kept,
            [self = shared_from_this(), kept, on_open = std::move(on_open)](error_code error) {
                if (!error) {
                    on_open(self);
                }
            }
        );
    }

    void start(std::shared_ptr<LinkListener> listener) override {
        listener_ = std::move(listener);
        read();
    }

    void write(Frame frame) override {
        writing_ = true;
        outgoing_ = std::move(frame);
        stream_.binary(outgoing_.binary);
        stream_.async_write(
            boost::asio::buffer(*outgoing_.bytes),
            [self = shared_from_this()](error_code error, std::size_t) { self->on_write(error); }
        );
    }

    void close() override {
        listener_ = nullptr;
        if (closing_) {
            return;
        }
        closing_ = true;
        close_deadline_.arm(kCloseTimeout, [this] { abort(); });
        if (!writing_) {
            say_goodbye();
        }
    }

    void abort() override {
        listener_ = nullptr;
        closing_ = true;
        close_deadline_.cancel();
        stream_.next_layer().close();
    }

private:
    void read() {
        stream_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
            self->on_read(error);
        });
    }

    void on_read(error_code error) {
        const auto listener = listener_;
        if (!listener) {
            return;
        }
        if (error) {
            listener_ = nullptr;
            listener->on_lost(*this);
            return;
        }
        std::string bytes = beast::buffers_to_string(buffer_.data());
        buffer_.consume(buffer_.size());
        if (buffer_.capacity() > kKeptBufferBytes) {
            buffer_.shrink_to_fit();
        }
        listener->on_frame(*this, stream_.got_binary(), std::move(bytes));
        if (listener_) {
            read();
        }
    }

    void on_write(error_code error) {
        writing_ = false;
        outgoing_ = {};
        if (error) {
            stream_.next_layer().close();  // the read under way then reports the loss
        } else if (closing_) {
            say_goodbye();
        } else if (const auto listener = listener_) {
            listener->on_written(*this);
        }
    }

    void say_goodbye() {
        stream_.async_close(websocket::close_code::normal, [self = shared_from_this()](error_code) {
            self->close_deadline_.cancel();
        });
    }

    ConnectionTicket ticket_;
    websocket::stream<TcpStream, false> stream_;  // false: no permessage-deflate
    beast::flat_buffer buffer_;
    Timer close_deadline_;
    std::shared_ptr<LinkListener> listener_;
    Frame outgoing_;
    bool writing_ = false;
    bool closing_ = false;
};

}  // namespace

void accept_websocket(
    WebSocketOffer offer,
    Timers& timers,
    std::function<void(std::shared_ptr<WebSocketLink>)> on_open
) {
    const auto socket = std::make_shared<BeastWebSocket>(offer, timers);
    socket->accept(std::move(offer.request), std::move(on_open));
}

}  // namespace carafe::realtime
