#include "cli/ops_client.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "carafe/errors.h"

namespace carafe::cli {

namespace {

constexpr int kPortMax = 65'535;
constexpr int kSecondsMax = 2;
constexpr std::size_t kAnswerBytesMax = 4UL * 1024 * 1024;

class Socket {
public:
    explicit Socket(const addrinfo& target)
        : descriptor_(socket(target.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval limit{kSecondsMax, 0};  // of connect, send and each recv
        setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (connect(descriptor_, target.ai_addr, target.ai_addrlen) != 0) {
            const std::string reason = std::strerror(errno);
            close(descriptor_);
            throw std::runtime_error(reason);
        }
    }
    ~Socket() { close(descriptor_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    void send_all(const std::string& bytes) const {
        if (send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(bytes.size())) {
            throw std::runtime_error("the request could not be sent");
        }
    }
    [[nodiscard]] std::string read_all() const {
        std::string all;
        std::array<char, 16'384> buffer{};
        ssize_t count = 0;
        while ((count = recv(descriptor_, buffer.data(), buffer.size(), 0)) > 0) {
            all.append(buffer.data(), static_cast<std::size_t>(count));
            if (all.size() > kAnswerBytesMax) {
                throw std::runtime_error("the answer is too long");
            }
        }
        if (count < 0) {
            throw std::runtime_error("no answer");
        }
        return all;
    }

private:
    int descriptor_;
};

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const OpsAddress& address) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error =
        getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
    if (error != 0) {
        throw std::runtime_error(gai_strerror(error));
    }
    return {found, &freeaddrinfo};
}

}  // namespace

OpsAddress parse_address(const std::string& text) {
    OpsAddress address;
    const std::size_t colon = text.rfind(':');
    if (colon != std::string::npos) {
        address.host = text.substr(0, colon);
    }
    const std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (error != std::errc() || end != port.data() + port.size() || address.host.empty() ||
        address.port < 1 || address.port > kPortMax) {
        throw ConfigurationError("expected PORT or HOST:PORT, got '" + text + "'");
    }
    return address;
}

std::string ops_get(const OpsAddress& address, const std::string& path) {
    const Addresses addresses = resolve(address);
    const Socket socket(*addresses);
    socket.send_all(
        "GET " + path + " HTTP/1.1\r\nHost: " + address.host + "\r\nConnection: close\r\n\r\n"
    );
    const std::string answer = socket.read_all();
    const std::size_t body = answer.find("\r\n\r\n");
    if (answer.rfind("HTTP/1.1 200", 0) != 0 || body == std::string::npos) {
        throw std::runtime_error("not a worker of ours");
    }
    return answer.substr(body + 4);
}

}  // namespace carafe::cli
