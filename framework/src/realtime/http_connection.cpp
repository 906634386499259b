#include "realtime/http_connection.h"

#include <sys/socket.h>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <cerrno>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "realtime/beast_websocket.h"

namespace carafe::realtime {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::uint32_t kMaxHeaderBytes = 8 * 1024;

HttpRequest to_request(BeastRequest& from) {
    HttpRequest request;
    request.method = from.method_string();
    parse_target(std::string_view(from.target().data(), from.target().size()), request);
    for (const auto& field : from) {
        std::string name(field.name_string());
        for (char& letter : name) {
            letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
        }
        request.headers.add(name, {field.value().data(), field.value().size()});
    }
    request.body = std::move(from.body());
    return request;
}

}  // namespace

// One connection while it speaks HTTP: a request, its response, the next request.
class HttpConnection final : public HttpExchange,
                             public std::enable_shared_from_this<HttpConnection> {
public:
    HttpConnection(std::shared_ptr<HttpContext> context, TcpStream stream, ConnectionTicket ticket)
        : context_(std::move(context)), stream_(std::move(stream)), ticket_(std::move(ticket)) {
        error_code ignored;
        const auto peer = stream_.socket().remote_endpoint(ignored);
        remote_address_ = ignored ? "" : peer.address().to_string();
        context_->connections.insert(this);
    }
    ~HttpConnection() override { context_->connections.erase(this); }
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    void read(std::chrono::seconds timeout) {
        if (context_->closing) {
            return;
        }
        idle_ = true;
        parser_.emplace();
        parser_->header_limit(kMaxHeaderBytes);
        parser_->body_limit(context_->limits.max_payload_bytes);
        stream_.expires_after(timeout);
        http::async_read(
            stream_,
            buffer_,
            *parser_,
            [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); }
        );
    }

    void close_if_idle() {
        if (idle_) {
            stream_.close();
        }
    }

    void respond(HttpResponse response) override {
        if (std::exchange(responded_, true)) {
            return;
        }
        abort_ = nullptr;
        error_code ignored;
        stream_.socket().cancel(ignored);  // the watch for an abort
        write(std::move(response));
    }

    void on_abort(std::function<void()> listener) override { abort_ = std::move(listener); }

private:
    void on_read(error_code error) {
        idle_ = false;
        responded_ = false;
        if (!error) {
            handle();
        } else if (error == http::error::body_limit) {
            refuse(413);
        } else if (error == http::error::header_limit) {
            refuse(431);
        } else if (error.category() == make_error_code(http::error::bad_method).category() && error != http::error::end_of_stream && error != http::error::partial_message) {
            refuse(400);
        }
    }

    void refuse(int status) {
        must_close_ = true;
        respond({status, "application/json", R"({"code":3,"message":"Bad request"})", {}});
    }

    void handle() {
        BeastRequest from = parser_->release();
        keeps_alive_ = from.keep_alive();
        version_ = from.version();
        HttpRequest request = to_request(from);
        request.remote_address = remote_address_;
        if (boost::beast::websocket::is_upgrade(from)) {
            upgrade(std::move(from), std::move(request));
            return;
        }
        context_->handler.on_request(std::move(request), shared_from_this());
        if (!responded_) {
            watch_for_abort();
        }
    }

    void upgrade(BeastRequest from, HttpRequest request) {
        must_close_ = true;
        if (auto refusal = context_->handler.refuse_upgrade(request)) {
            respond(std::move(*refusal));
            return;
        }
        if (buffer_.size() != 0) {
            refuse(400);  // frames before our half of the handshake
            return;
        }
        accept_websocket(
            {std::move(stream_),
             std::move(ticket_),
             std::move(from),
             context_->limits.max_payload_bytes},
            context_->timers,
            [context = context_, request = std::move(request)](std::shared_ptr<WebSocketLink> link
            ) mutable { context->handler.on_websocket(std::move(request), std::move(link)); }
        );
    }

    void watch_for_abort() {
        stream_.expires_never();
        stream_.socket().async_wait(
            asio::socket_base::wait_read,
            [self = shared_from_this()](error_code error) {
                if (!error && !self->responded_ && self->peer_is_gone()) {
                    self->aborted();
                }
            }
        );
    }

    bool peer_is_gone() {
        char byte = 0;
        const auto got =
            ::recv(stream_.socket().native_handle(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
        return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
    }

    void aborted() {
        responded_ = true;
        stream_.close();
        if (const auto listener = std::exchange(abort_, nullptr)) {
            listener();
        }
    }

    void write(HttpResponse from) {
        response_ = {};
        response_.version(version_);
        response_.result(static_cast<unsigned>(from.status));
        if (!from.content_type.empty()) {
            response_.set(http::field::content_type, from.content_type);
            response_.set("X-Content-Type-Options", "nosniff");
        }
        for (const auto& [name, value] : from.headers) {
            response_.set(name, value);
        }
        response_.keep_alive(keeps_alive_ && !must_close_ && !context_->closing);
        response_.body() = std::move(from.body);
        response_.prepare_payload();
        stream_.expires_after(context_->limits.request_timeout);
        http::async_write(
            stream_,
            response_,
            [self = shared_from_this()](error_code error, std::size_t) { self->on_written(error); }
        );
    }

    void on_written(error_code error) {
        if (error) {
            return;
        }
        if (response_.keep_alive()) {
            response_ = {};
            read(context_->limits.keep_alive_timeout);
            return;
        }
        stream_.socket().shutdown(asio::socket_base::shutdown_send, error);
        stream_.expires_after(std::chrono::seconds(1));
        drain();
    }

    // Reads what the client still sends: closing over unread bytes would make the kernel reset the
    // connection, and the client might never see the response.
    void drain() {
        buffer_.consume(buffer_.size());
        stream_.async_read_some(
            buffer_.prepare(2048),
            [self = shared_from_this()](error_code error, std::size_t) {
                if (!error) {
                    self->drain();
                }
            }
        );
    }

    std::shared_ptr<HttpContext> context_;
    TcpStream stream_;
    ConnectionTicket ticket_;
    std::string remote_address_;
    boost::beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> response_;
    std::function<void()> abort_;
    unsigned version_ = 11;
    bool idle_ = false;
    bool responded_ = false;
    bool keeps_alive_ = false;
    bool must_close_ = false;
};

void serve_http(std::shared_ptr<HttpContext> context, TcpSocket socket, ConnectionTicket ticket) {
    const auto timeout = context->limits.request_timeout;
    std::make_shared<HttpConnection>(
        std::move(context), TcpStream(std::move(socket)), std::move(ticket)
    )
        ->read(timeout);
}

void close_idle(const HttpContext& context) {
    for (HttpConnection* connection : context.connections) {
        connection->close_if_idle();
    }
}

}  // namespace carafe::realtime
