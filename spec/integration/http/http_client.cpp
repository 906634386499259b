#include "http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <system_error>

namespace carafe::http::spec {

HttpClient::HttpClient(int port, int receive_buffer)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval timeout{5, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    if (receive_buffer > 0) {
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(fd_);
        throw std::system_error(error, std::generic_category(), "connect");
    }
}

HttpClient::~HttpClient() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

bool HttpClient::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool HttpClient::fill() {
    std::array<char, 16384> bytes{};
    const auto got = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (got <= 0) {
        return false;
    }
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    return true;
}

std::optional<Reply> HttpClient::receive(bool to_head) {
    auto end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) {
            return std::nullopt;
        }
    }
    Reply reply;
    reply.status = std::stoi(buffer_.substr(9, 3));
    for (auto line = buffer_.find("\r\n") + 2; line < end;) {
        const auto line_end = buffer_.find("\r\n", line);
        const auto colon = buffer_.find(": ", line);
        auto name = buffer_.substr(line, colon - line);
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        reply.headers[name] = buffer_.substr(colon + 2, line_end - colon - 2);
        line = line_end + 2;
    }
    const auto length = reply.headers.find("content-length");
    const std::size_t size =
        to_head || length == reply.headers.end() ? 0 : std::stoul(length->second);
    while (buffer_.size() < end + 4 + size) {
        if (!fill()) {
            return std::nullopt;
        }
    }
    reply.body = buffer_.substr(end + 4, size);
    buffer_.erase(0, end + 4 + size);
    return reply;
}

std::optional<Reply> HttpClient::get(const std::string& target) {
    return send("GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n") ? receive() : std::nullopt;
}

bool HttpClient::is_closed_by_server() {
    if (!buffer_.empty()) {
        return false;
    }
    char byte = 0;
    const auto got = ::recv(fd_, &byte, 1, 0);
    return got == 0 || (got < 0 && errno == ECONNRESET);
}

bool HttpClient::is_ended_by_server() {
    char byte = 0;
    return buffer_.empty() && ::recv(fd_, &byte, 1, 0) == 0;
}

void HttpClient::finish_sending() const {
    ::shutdown(fd_, SHUT_WR);
}

void HttpClient::abort() {
    const struct linger reset { 1, 0 };
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::close(fd_);
    fd_ = -1;
}

}  // namespace carafe::http::spec
