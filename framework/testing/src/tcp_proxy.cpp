#include "carafe/testing/tcp_proxy.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "proxy_connection.h"

namespace carafe::testing {

namespace {

using Clock = ProxyStream::Clock;

constexpr std::size_t kConnectionsMax = 256;
// The net under a forgotten wake-up.
constexpr std::chrono::milliseconds kPoll{50};

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in address_of(const std::string& host, int port) {
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
        throw std::runtime_error("no address for " + host);
    }
    sockaddr_in address = *reinterpret_cast<const sockaddr_in*>(found->ai_addr);
    ::freeaddrinfo(found);
    return address;
}

const sockaddr* generic(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

int listen_on_loopback() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const sockaddr_in address = address_of("127.0.0.1", 0);
    if (listener < 0 || ::bind(listener, generic(address), sizeof address) != 0 ||
        ::listen(listener, static_cast<int>(kConnectionsMax)) != 0) {
        fail("a port for a proxy");
    }
    return listener;
}

int port_of(int listener) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        fail("the port of a proxy");
    }
    return ntohs(address.sin_port);
}

void reset_and_close(int socket) {
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(socket);
}

// How a Kafka broker writes its address: the host, whose length comes before it in one of two
// encodings, and the port in four bytes, big-endian.
std::string kafka_address(const std::string& host, int port) {
    std::string bytes = host;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        bytes += static_cast<char>((static_cast<unsigned>(port) >> shift) & 0xffU);
    }
    return bytes;
}

}  // namespace

class TcpProxy::Implementation {
public:
    Implementation(const std::string& host, int port)
        : server_(address_of(host, port)),
          listener_(listen_on_loopback()),
          port_(port_of(listener_)),
          wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (wake_ < 0) {
            fail("eventfd");
        }
    }

    ~Implementation() {
        thread_.request_stop();
        wake();
        if (thread_.joinable()) {
            thread_.join();
        }
        connections_.clear();
        ::close(listener_);
        ::close(wake_);
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    void start(StreamReplacer replacer) {
        replacer_ = std::move(replacer);
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }

    template <typename Change>
    void change(const Change& change) {
        {
            const std::lock_guard lock(mutex_);
            change(faults_);
        }
        wake();
    }

    [[nodiscard]] bool has_cut() const {
        const std::lock_guard lock(mutex_);
        return faults_.has_cut;
    }
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] std::size_t accepted() const { return accepted_; }
    [[nodiscard]] std::size_t open() const { return open_; }

private:
    // It can only fail when it is awake already.
    void wake() const noexcept {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
    }

    void run(const std::stop_token& stop) {
        std::vector<pollfd> entries;
        while (!stop.stop_requested()) {
            const auto timeout = ask(entries);
            ::poll(entries.data(), entries.size(), static_cast<int>(timeout.count()));
            std::uint64_t count = 0;
            while (::read(wake_, &count, sizeof count) > 0) {
            }
            serve(entries);
        }
    }

    std::chrono::milliseconds ask(std::vector<pollfd>& entries) {
        const std::lock_guard lock(mutex_);
        entries.assign(2 + 2 * connections_.size(), pollfd{});
        entries[0] = {wake_, POLLIN, 0};
        entries[1] = {connections_.size() < kConnectionsMax ? listener_ : -1, POLLIN, 0};
        auto due = Clock::now() + kPoll;
        std::size_t next = 2;
        for (const ProxyConnection& connection : connections_) {
            connection.ask(&entries[next], faults_);
            next += 2;
            due = std::min(due, connection.next_due());
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now());
        return std::clamp(left, std::chrono::milliseconds(1), kPoll);
    }

    void serve(const std::vector<pollfd>& entries) {
        const std::lock_guard lock(mutex_);
        std::size_t next = 2;
        for (auto connection = connections_.begin(); connection != connections_.end();) {
            if (faults_.cuts_now) {
                connection->reset();
            }
            const bool goes_on = !faults_.cuts_now && connection->serve(&entries[next], faults_);
            connection = goes_on ? std::next(connection) : connections_.erase(connection);
            next += 2;
        }
        faults_.cuts_now = false;
        if ((entries[1].revents & POLLIN) != 0) {
            accept();
        }
        open_ = connections_.size();
    }

    void accept() {
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (client < 0) {
            return;
        }
        ++accepted_;
        const int server = faults_.refuses ? -1 : ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (server < 0 || ::connect(server, generic(server_), sizeof server_) != 0) {
            reset_and_close(client);
            if (server >= 0) {
                ::close(server);
            }
            return;
        }
        const int yes = 1;
        ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        connections_.emplace_back(client, server, replacer_);
    }

    const sockaddr_in server_;
    const int listener_;
    const int port_;
    const int wake_;
    StreamReplacer replacer_;
    mutable std::mutex mutex_;  // guards the faults, and the connections while they are served
    ProxyFaults faults_;
    std::list<ProxyConnection> connections_;
    std::atomic<std::size_t> accepted_{0};
    std::atomic<std::size_t> open_{0};
    std::jthread thread_;
};

TcpProxy::TcpProxy(const std::string& host, int port)
    : TcpProxy(std::make_unique<Implementation>(host, port)) {
    implementation_->start({});
}

TcpProxy::TcpProxy(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

TcpProxy::~TcpProxy() = default;

std::unique_ptr<TcpProxy> TcpProxy::for_kafka(const std::string& brokers) {
    const std::size_t colon = brokers.find(':');
    if (colon == std::string::npos || brokers.find(',') != std::string::npos) {
        throw std::invalid_argument("a proxy stands before one broker, host:port: " + brokers);
    }
    const std::string host = brokers.substr(0, colon);
    const int port = std::stoi(brokers.substr(colon + 1));
    auto implementation = std::make_unique<Implementation>(host, port);
    const std::string theirs = kafka_address(host, port);
    const std::string ours = kafka_address(host, implementation->port());
    implementation->start({theirs, ours});
    return std::unique_ptr<TcpProxy>(new TcpProxy(std::move(implementation)));
}

int TcpProxy::port() const {
    return implementation_->port();
}

std::string TcpProxy::address() const {
    return "127.0.0.1:" + std::to_string(port());
}

void TcpProxy::delay(std::chrono::milliseconds time) {
    implementation_->change([time](ProxyFaults& faults) { faults.delay = time; });
}

void TcpProxy::hold(Way way) {
    implementation_->change([way](ProxyFaults& faults) {
        faults.held[static_cast<std::size_t>(way)] = true;
    });
}

void TcpProxy::release() {
    implementation_->change([](ProxyFaults& faults) { faults.held = {}; });
}

void TcpProxy::cut() {
    implementation_->change([](ProxyFaults& faults) { faults.cuts_now = true; });
}

void TcpProxy::refuse() {
    implementation_->change([](ProxyFaults& faults) { faults.refuses = true; });
}

void TcpProxy::accept_again() {
    implementation_->change([](ProxyFaults& faults) { faults.refuses = false; });
}

void TcpProxy::cut_after(std::size_t bytes, Way way) {
    implementation_->change([bytes, way](ProxyFaults& faults) {
        faults.cut_after_bytes = bytes;
        faults.cut_way = way;
        faults.has_cut = false;
    });
}

void TcpProxy::cut_after(const std::string& text) {
    implementation_->change([&text](ProxyFaults& faults) {
        faults.cut_after_text = text;
        faults.has_cut = false;
    });
}

bool TcpProxy::has_cut() const {
    return implementation_->has_cut();
}

std::size_t TcpProxy::accepted() const {
    return implementation_->accepted();
}

std::size_t TcpProxy::open() const {
    return implementation_->open();
}

}  // namespace carafe::testing
