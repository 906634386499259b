#include "realtime/http_front.h"

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "carafe/errors.h"
#include "carafe/log.h"
#include "realtime/http_connection.h"
#include "realtime/network_types.h"

namespace carafe::realtime {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// A client that does not read shall fill its own queue, which is watched, and not megabytes of the
// kernel's.
constexpr int kSendBufferBytes = 64 * 1024;

}  // namespace

class HttpFront::Implementation : public std::enable_shared_from_this<Implementation> {
public:
    Implementation(Options options, Loop& loop, HttpHandler& handler)
        : options_(std::move(options)),
          context_(std::make_shared<HttpContext>(HttpContext{
              options_.limits, handler, loop.timers(), {}, false})),
          acceptor_(loop.context()),
          retry_(loop.timers()) {}

    void listen() {
        error_code error;
        const auto address = asio::ip::make_address(options_.bind, error);
        if (error) {
            throw ConfigurationError("realtime.bind: '" + options_.bind + "' is not an IP address");
        }
        const Tcp::endpoint endpoint(address, static_cast<unsigned short>(options_.port));
        acceptor_.open(endpoint.protocol(), error);
        if (!error) {
            acceptor_.set_option(asio::socket_base::reuse_address(true), error);
            acceptor_.set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), error);
            acceptor_.bind(endpoint, error);
        }
        if (!error) {
            acceptor_.listen(4096, error);
        }
        if (error) {
            throw ConfigurationError(
                "cannot listen on " + options_.bind + " port " + std::to_string(options_.port) +
                ": " + error.message() +
                (error == asio::error::address_in_use
                     ? "; stop the process that has it, or choose another realtime.port"
                     : "")
            );
        }
        port_ = acceptor_.local_endpoint().port();
        accept();
    }

    void accept() {
        acceptor_.async_accept([self = shared_from_this()](error_code error, TcpSocket socket) {
            self->on_accept(error, std::move(socket));
        });
    }

    void on_accept(error_code error, TcpSocket socket) {
        if (!acceptor_.is_open()) {
            return;
        }
        if (error) {
            // Out of descriptors, most likely: those that wait stay in the backlog meanwhile.
            log::warn("cannot accept a connection, trying again", {{"error", error.message()}});
            retry_.arm(std::chrono::milliseconds(100), [this] { accept(); });
            return;
        }
        accept();  // first: whatever becomes of this one, there will be a next
        if (*open_ >= options_.max_connections) {
            refused_.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        error_code ignored;
        socket.set_option(Tcp::no_delay(true), ignored);
        serve_http(context_, std::move(socket), ConnectionTicket(open_));
    }

    void close() {
        error_code ignored;
        acceptor_.close(ignored);
        retry_.cancel();
        context_->closing = true;
        close_idle(*context_);
    }

    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] std::size_t connections() const { return *open_; }
    [[nodiscard]] std::size_t refused() const { return refused_; }

private:
    const Options options_;
    std::shared_ptr<HttpContext> context_;
    asio::basic_socket_acceptor<Tcp, Executor> acceptor_;
    Timer retry_;
    int port_ = 0;
    std::shared_ptr<std::atomic<std::size_t>> open_ = std::make_shared<std::atomic<std::size_t>>(0);
    std::atomic<std::size_t> refused_{0};
};

HttpFront::HttpFront(Options options, Loop& loop, HttpHandler& handler)
    : implementation_(std::make_shared<Implementation>(std::move(options), loop, handler)) {}
HttpFront::~HttpFront() = default;

void HttpFront::listen() {
    implementation_->listen();
}
int HttpFront::port() const {
    return implementation_->port();
}
void HttpFront::close() {
    implementation_->close();
}
std::size_t HttpFront::connections() const {
    return implementation_->connections();
}
std::size_t HttpFront::refused() const {
    return implementation_->refused();
}

}  // namespace carafe::realtime
