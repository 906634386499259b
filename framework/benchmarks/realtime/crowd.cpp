#include "crowd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>

namespace carafe::bench {

namespace {

constexpr std::size_t kWindow = 128;
constexpr int kStalledBufferBytes = 4096;
constexpr std::string_view kNews = "42[\"news\",\"";

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               Crowd::Clock::now().time_since_epoch()
    )
        .count();
}

}  // namespace

Crowd::Crowd(int port) : port_(port), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) {
        fail("epoll_create1");
    }
}

Crowd::~Crowd() {
    for (Client& client : clients_) {
        if (client.descriptor >= 0) {
            // Cut, so that ten thousand ports do not wait out TIME_WAIT.
            const linger hard{1, 0};
            ::setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            ::close(client.descriptor);
        }
    }
    ::close(epoll_);
}

std::chrono::duration<double> Crowd::connect(std::size_t count, Kind kind) {
    const auto from = Clock::now();
    const std::size_t already = connected_;
    clients_.reserve(clients_.size() + count);
    std::size_t begun = 0;
    while (connected_ < already + count) {
        while (begun < count && begun - (connected_ - already) < kWindow) {
            begin(kind.stalled);
            ++begun;
        }
        turn(1000);
        if (Clock::now() - from > std::chrono::minutes(1) || closed_ != 0) {
            throw std::runtime_error(
                "only " + std::to_string(connected_) + " clients connected, " +
                std::to_string(closed_) + " were closed; is `ulimit -n` above 11,000?"
            );
        }
    }
    return Clock::now() - from;
}

void Crowd::begin(bool stalled) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        fail("socket");
    }
    if (stalled) {
        const int bytes = kStalledBufferBytes;
        ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        fail("connect");
    }
    clients_.push_back({descriptor, State::opening, stalled, {}});
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = clients_.size() - 1;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
    // What a browser sends, so that both servers have its headers to keep.
    write(
        clients_.back(),
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:3009\r\n"
        "Connection: Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n"
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.0.0 Safari/537.36\r\nUpgrade: websocket\r\nOrigin: http://127.0.0.1:3009\r\n"
        "Sec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
        "Accept-Language: en-GB,en;q=0.9\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
}

void Crowd::turn(int timeout_ms) {
    std::array<epoll_event, 512> events{};
    const int count =
        ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
    for (int i = 0; i < count; ++i) {
        on_ready(events.at(static_cast<std::size_t>(i)).data.u64);
    }
}

void Crowd::on_ready(std::size_t index) {
    Client& client = clients_[index];
    if (client.descriptor >= 0 && !read(client)) {
        close(client);
        return;
    }
    digest(client);
}

bool Crowd::read(Client& client) {
    std::array<char, 16'384> bytes{};
    const auto got = ::recv(client.descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0) {
        client.received.append(bytes.data(), static_cast<std::size_t>(got));
    }
    return got > 0 || (got < 0 && errno == EAGAIN);
}

void Crowd::digest(Client& client) {
    if (client.state == State::opening) {
        const auto end = client.received.find("\r\n\r\n");
        if (end == std::string::npos) {
            return;
        }
        if (client.received.compare(0, 12, "HTTP/1.1 101") != 0) {
            throw std::runtime_error("not upgraded: " + client.received.substr(0, 200));
        }
        client.received.erase(0, end + 4);
        client.state = State::upgrading;
    }
    while (digest_frame(client)) {
    }
    if (client.received.empty() && client.received.capacity() > 64) {
        std::string().swap(client.received);
    }
}

bool Crowd::digest_frame(Client& client) {
    const std::string& in = client.received;
    if (in.size() < 2 || client.state == State::closed) {
        return false;
    }
    std::size_t head = 2;
    std::size_t length = static_cast<unsigned char>(in[1]) & 0x7FU;
    if (length == 126) {
        head = 4;
        if (in.size() < head) {
            return false;
        }
        length = static_cast<std::size_t>(static_cast<unsigned char>(in[2])) << 8U |
                 static_cast<unsigned char>(in[3]);
    }
    if (in.size() < head + length) {
        return false;
    }
    const bool is_close = (static_cast<unsigned char>(in[0]) & 0x0FU) == 8;
    if (is_close) {
        close(client);
        return false;
    }
    on_text(client, std::string_view(in).substr(head, length));
    client.received.erase(0, head + length);
    return true;
}

void Crowd::on_text(Client& client, std::string_view text) {
    if (text == "2") {
        write_text(client, "3");
    } else if (client.state == State::upgrading) {
        client.state = State::joining;
        write_text(client, "40");
    } else if (client.state == State::joining) {
        client.state = State::connected;
        ++connected_;
        if (client.stalled) {
            ::epoll_ctl(epoll_, EPOLL_CTL_DEL, client.descriptor, nullptr);
        }
    } else if (text.substr(0, kNews.size()) == kNews) {
        std::int64_t sent_ns = 0;
        std::from_chars(text.data() + kNews.size(), text.data() + text.size(), sent_ns);
        arrived_.push_back(static_cast<double>(now_ns() - sent_ns) / 1e6);
    }
}

void Crowd::close(Client& client) {
    if (client.descriptor >= 0) {
        ::close(client.descriptor);
        client.descriptor = -1;
        client.state = State::closed;
        ++closed_;
    }
}

void Crowd::write(const Client& client, std::string_view bytes) {
    if (::send(client.descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size())) {
        fail("send");
    }
}

void Crowd::write_text(const Client& client, std::string_view text) {
    std::string frame;
    frame += '\x81';
    if (text.size() < 126) {
        frame += static_cast<char>(0x80U | text.size());
    } else {
        frame += '\xFE';
        frame += static_cast<char>(text.size() >> 8U);
        frame += static_cast<char>(text.size() & 0xFFU);
    }
    frame.append(4, '\0');  // a mask of zeros leaves the text as it is
    frame += text;
    write(client, frame);
}

void Crowd::emit(std::string_view event, std::size_t text_bytes) {
    if (clients_.front().descriptor < 0) {
        throw std::runtime_error("the server closed the client that asks it");
    }
    std::string text = "42[\"" + std::string(event) + "\",\"" + std::to_string(now_ns()) + ":";
    text.append(text_bytes, 'x');
    write_text(clients_.front(), text + "\"]");
}

void Crowd::collect(
    std::size_t messages, std::chrono::milliseconds timeout, std::vector<double>& milliseconds
) {
    const auto deadline = Clock::now() + timeout;
    while (arrived_.size() < messages && Clock::now() < deadline) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        turn(static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    }
    milliseconds.insert(milliseconds.end(), arrived_.begin(), arrived_.end());
    arrived_.clear();
}

}  // namespace carafe::bench
