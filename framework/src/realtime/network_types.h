#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <utility>

// The network types of this folder, without Boost.Beast.
namespace carafe::realtime {

// One thread, one context: naming the executor spares the type-erased one in every socket.
using Executor = boost::asio::io_context::executor_type;
using Tcp = boost::asio::ip::tcp;
using TcpSocket = boost::asio::basic_stream_socket<Tcp, Executor>;

// Counts one connection for as long as it lives, from HTTP over into its WebSocket.
class ConnectionTicket {
public:
    explicit ConnectionTicket(std::shared_ptr<std::atomic<std::size_t>> count)
        : count_(std::move(count)) {
        count_->fetch_add(1, std::memory_order_relaxed);
    }
    ~ConnectionTicket() {
        if (count_) {
            count_->fetch_sub(1, std::memory_order_relaxed);
        }
    }
    ConnectionTicket(const ConnectionTicket&) = delete;
    ConnectionTicket& operator=(const ConnectionTicket&) = delete;
    ConnectionTicket(ConnectionTicket&&) noexcept = default;
    ConnectionTicket& operator=(ConnectionTicket&&) = delete;

private:
    std::shared_ptr<std::atomic<std::size_t>> count_;
};

}  // namespace carafe::realtime
