#include "realtime/beast_websocket.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cerrno>
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

// What stands before a message of the server's in its frame (RFC 6455, 5.2): final, not masked.
class FrameHead {
public:
    explicit FrameHead(const Frame& frame) {
        constexpr std::size_t kShort = 126;
        constexpr std::size_t kMedium = 65'536;
        const std::size_t size = frame.bytes->size();
        const std::size_t length_bytes = size < kShort ? 0 : size < kMedium ? 2 : 8;
        bytes_[0] = static_cast<char>(frame.binary ? 0x82 : 0x81);
        bytes_[1] = static_cast<char>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
        for (std::size_t i = 0; i < length_bytes; ++i) {
            bytes_.at(2 + i) = static_cast<char>(size >> (8 * (length_bytes - 1 - i)) & 0xffU);
        }
        size_ = 2 + length_bytes;
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::string text() const { return {bytes_.data(), size_}; }
    [[nodiscard]] iovec part() const { return {const_cast<char*>(bytes_.data()), size_}; }

private:
    std::array<char, 10> bytes_{};
    std::size_t size_ = 0;
};

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
        // It comes before the library answers a ping or a closing frame by itself: from then on
        // everything is left to the library, so that nothing gets between its bytes.
        stream_.control_callback([this](websocket::frame_type, beast::string_view) {
            is_direct_ = false;
            if (is_unfinished_) {
                stream_.next_layer().close();  // or the answer would
            }
        });
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

    bool write(Frame frame) override {
        if (is_direct_) {
            const FrameHead head(frame);
            const std::size_t sent = send_now(head, *frame.bytes);
            if (sent == head.size() + frame.bytes->size()) {
                return true;
            }
            if (sent != 0) {
                finish(head, *frame.bytes, sent);
                return false;
            }
        }
        writing_ = true;
        outgoing_ = std::move(frame);
        stream_.binary(outgoing_.binary);
        stream_.async_write(
            boost::asio::buffer(*outgoing_.bytes),
            [self = shared_from_this()](error_code error, std::size_t) { self->on_write(error); }
        );
        return false;
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
    // As much as the kernel takes: most often all of it, at the price of one call. What takes
    // nothing any more is closed, and counts as having taken everything: the read under way then
    // reports the loss.
    std::size_t send_now(const FrameHead& head, const std::string& bytes) {
        std::array<iovec, 2> parts{
            head.part(), iovec{const_cast<char*>(bytes.data()), bytes.size()}};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = parts.size();
        const auto sent = ::sendmsg(
            stream_.next_layer().socket().native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL
        );
        if (sent >= 0) {
            return static_cast<std::size_t>(sent);
        }
        if (errno == EAGAIN || errno == EINTR) {
            return 0;
        }
        stream_.next_layer().close();
        return head.size() + bytes.size();
    }

    // Sends the rest of a frame that went out in part. On the socket itself, below the library's
    // stream, which takes one write at a time: when it closes on a client that broke the protocol,
    // it writes too.
    void finish(const FrameHead& head, const std::string& bytes, std::size_t sent) {
        writing_ = is_unfinished_ = true;
        outgoing_ = text_frame((head.text() + bytes).substr(sent));
        boost::asio::async_write(
            stream_.next_layer().socket(),
            boost::asio::buffer(*outgoing_.bytes),
            [self = shared_from_this()](error_code error, std::size_t) {
                self->is_unfinished_ = false;
                self->on_write(error);
            }
        );
    }

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
    bool is_direct_ = true;       // data goes past the library
    bool is_unfinished_ = false;  // and has not all gone yet
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
