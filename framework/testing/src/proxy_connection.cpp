#include "proxy_connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace carafe::testing {

namespace {

constexpr std::size_t kToServer = 0;
constexpr std::size_t kToClient = 1;
constexpr std::size_t kReadBytes = 64UL * 1024;

bool would_wait() {
    return errno == EAGAIN || errno == EINTR;
}

}  // namespace

ProxyConnection::ProxyConnection(int client, int server, StreamReplacer replacer)
    : ways_{Side{client, server, {}}, Side{server, client, {}}}, replacer_(std::move(replacer)) {}

ProxyConnection::~ProxyConnection() {
    ::close(ways_[kToServer].source);
    ::close(ways_[kToServer].sink);
}

void ProxyConnection::ask(pollfd* entries, const ProxyFaults& faults) const {
    const auto now = ProxyStream::Clock::now();
    for (const std::size_t way : {kToServer, kToClient}) {
        const Side& side = ways_[way];
        const std::size_t other = 1 - way;
        entries[way].fd = side.source;
        entries[way].events = 0;
        if (!side.stream.source_ended && !side.stream.is_full()) {
            entries[way].events |= POLLIN;
        }
        if (!faults.held[other] && !ways_[other].stream.ready(now).empty()) {
            entries[way].events |= POLLOUT;
        }
        // A socket with nothing to wait for would still report its end, over and over.
        if (entries[way].events == 0) {
            entries[way].fd = -1;
        }
    }
}

bool ProxyConnection::serve(const pollfd* entries, ProxyFaults& faults) {
    for (const std::size_t way : {kToServer, kToClient}) {
        if ((entries[way].revents & (POLLIN | POLLHUP | POLLERR)) != 0 &&
            !ways_[way].stream.is_full() && !read(way, faults)) {
            return false;
        }
    }
    for (const std::size_t way : {kToServer, kToClient}) {
        if (!faults.held[way] && !write(way)) {
            return false;
        }
    }
    return !(ways_[kToServer].stream.sink_told && ways_[kToClient].stream.sink_told);
}

// False when the connection was reset.
bool ProxyConnection::read(std::size_t way, ProxyFaults& faults) {
    Side& side = ways_[way];
    std::string bytes(kReadBytes, '\0');
    const ssize_t count = ::recv(side.source, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0) {
        return would_wait();
    }
    if (count == 0) {
        side.stream.source_ended = true;
        return true;
    }
    bytes.resize(static_cast<std::size_t>(count));
    if (way == kToClient) {
        if (drops_answers_) {
            reset();
            return false;
        }
        bytes = replacer_.pass(std::move(bytes));
    }
    const bool cuts = is_cut(way, bytes, faults);
    side.stream.add(std::move(bytes), ProxyStream::Clock::now() + faults.delay);
    if (cuts) {
        write(way);
        reset();
    }
    return !cuts;
}

bool ProxyConnection::is_cut(std::size_t way, std::string& bytes, ProxyFaults& faults) {
    if (faults.cut_after_bytes > 0 && way == static_cast<std::size_t>(faults.cut_way)) {
        if (bytes.size() < faults.cut_after_bytes) {
            faults.cut_after_bytes -= bytes.size();
        } else {
            bytes.resize(faults.cut_after_bytes);
            faults.cut_after_bytes = 0;
            faults.has_cut = true;
            return true;
        }
    }
    if (way == kToServer && !faults.cut_after_text.empty() &&
        search_.find(bytes, faults.cut_after_text) != std::string::npos) {
        faults.cut_after_text.clear();
        faults.has_cut = true;
        drops_answers_ = true;
    }
    return false;
}

bool ProxyConnection::write(std::size_t way) {
    Side& side = ways_[way];
    while (true) {
        const std::string_view bytes = side.stream.ready(ProxyStream::Clock::now());
        if (bytes.empty()) {
            break;
        }
        const ssize_t count =
            ::send(side.sink, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0) {
            return would_wait();
        }
        side.stream.written(static_cast<std::size_t>(count));
    }
    if (side.stream.source_ended && side.stream.empty() && !side.stream.sink_told) {
        ::shutdown(side.sink, SHUT_WR);
        side.stream.sink_told = true;
    }
    return true;
}

void ProxyConnection::reset() {
    const linger at_once{1, 0};
    for (const int socket : {ways_[kToServer].source, ways_[kToServer].sink}) {
        ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
}

ProxyStream::Clock::time_point ProxyConnection::next_due() const {
    auto due = ProxyStream::Clock::time_point::max();
    for (const Side& side : ways_) {
        if (!side.stream.empty()) {
            due = std::min(due, side.stream.next_due());
        }
    }
    return due;
}

}  // namespace carafe::testing
