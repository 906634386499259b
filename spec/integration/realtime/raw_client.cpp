#include "raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace carafe::realtime::raw {

Connection::Connection(int port, int receive_buffer_bytes)
    : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer_bytes != 0) {
        ::setsockopt(
            descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes
        );
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(descriptor_);
        throw std::system_error(error, std::generic_category(), "connect");
    }
}

Connection::~Connection() {
    close();
}

Connection::Connection(Connection&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), timed_out_(other.timed_out_) {}

void Connection::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return;  // the server closed: the next read says so
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string Connection::read_some(std::chrono::milliseconds timeout) {
    pollfd poll{descriptor_, POLLIN, 0};
    timed_out_ = ::poll(&poll, 1, static_cast<int>(timeout.count())) == 0;
    std::string bytes(timed_out_ ? 0 : 64 * 1024, '\0');
    const auto got = timed_out_ ? 0 : ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

bool Connection::closes(std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now()
        );
        if (left.count() <= 0) {
            return false;
        }
        if (read_some(left).empty()) {
            return !timed_out_;
        }
    }
}

void Connection::reset() {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void Connection::close() {
    if (descriptor_ >= 0) {
        ::close(std::exchange(descriptor_, -1));
    }
}

void send_request(const Connection& connection, const Request& request) {
    std::string text = request.method + " " + request.target + " HTTP/1.1\r\nHost: localhost\r\n";
    for (const std::string& header : request.headers) {
        text += header + "\r\n";
    }
    if (request.method == "POST") {
        text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    }
    connection.write(text + "\r\n" + request.body);
}

Response read_response(Connection& connection) {
    Response response;
    std::string received;
    std::size_t head_end = std::string::npos;
    std::size_t length = 0;
    while (head_end == std::string::npos || received.size() < head_end + 4 + length) {
        const std::string bytes = connection.read_some();
        if (bytes.empty()) {
            break;
        }
        received += bytes;
        head_end = received.find("\r\n\r\n");
        const std::size_t at = received.find("Content-Length: ");
        if (head_end != std::string::npos && at < head_end) {
            length = std::stoul(received.substr(at + 16));
        }
    }
    if (head_end != std::string::npos) {
        response.head = received.substr(0, head_end + 2);
        response.status = std::atoi(received.substr(9, 3).c_str());
        response.body = received.substr(head_end + 4, length);
    }
    return response;
}

Response request(int port, const Request& request) {
    Connection connection(port);
    send_request(connection, request);
    return read_response(connection);
}

Polling::Polling(int port) : port_(port) {
    const Response opened = request(port, {"GET", "/socket.io/?EIO=4&transport=polling", {}, {}});
    const std::size_t begin = opened.body.find("\"sid\":\"");
    if (begin == std::string::npos) {
        throw std::runtime_error("no session: " + opened.head + opened.body);
    }
    session_ = opened.body.substr(begin + 7, opened.body.find('"', begin + 7) - begin - 7);
}

std::string Polling::target() const {
    return "/socket.io/?EIO=4&transport=polling&sid=" + session_;
}

Response Polling::get() const {
    return request(port_, {"GET", target(), {}, {}});
}

Response Polling::post(const std::string& body) const {
    return request(port_, {"POST", target(), body, {}});
}

WebSocket::WebSocket(int port, const Options& options)
    : connection_(port, options.receive_buffer_bytes) {
    Request upgrade{
        "GET",
        "/socket.io/?EIO=4&transport=websocket" + options.query,
        {},
        {"Connection: Upgrade",
         "Upgrade: websocket",
         "Sec-WebSocket-Version: 13",
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}};
    upgrade.headers.insert(upgrade.headers.end(), options.headers.begin(), options.headers.end());
    send_request(connection_, upgrade);
    std::size_t end = std::string::npos;
    while (end == std::string::npos) {
        const std::string bytes = connection_.read_some();
        if (bytes.empty()) {
            return;
        }
        received_ += bytes;
        end = received_.find("\r\n\r\n");
    }
    status_ = std::atoi(received_.substr(9, 3).c_str());
    head_ = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    if (status_ == 101 && options.read_opening && read().value_or("").substr(0, 2) != "0{") {
        throw std::runtime_error("the session did not open");
    }
}

void WebSocket::send_frame(unsigned char first_byte, std::string_view payload) {
    std::string frame(1, static_cast<char>(first_byte));
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80 | payload.size());
    } else if (payload.size() < 65'536) {
        frame += static_cast<char>(0x80 | 126);
        frame += static_cast<char>(payload.size() >> 8U);
        frame += static_cast<char>(payload.size() & 0xffU);
    } else {
        frame += static_cast<char>(0x80 | 127);
        for (unsigned shift = 64; shift > 0; shift -= 8) {
            frame += static_cast<char>(payload.size() >> (shift - 8) & 0xffU);
        }
    }
    frame.append(4, '\0');  // a mask of zeros leaves the payload as it is
    connection_.write(frame + std::string(payload));
}

bool WebSocket::fill(std::size_t size) {
    while (received_.size() < size) {
        const std::string bytes = connection_.read_some();
        if (bytes.empty()) {
            return false;
        }
        received_ += bytes;
    }
    return true;
}

std::optional<std::string> WebSocket::read() {
    if (!fill(2)) {
        return std::nullopt;
    }
    const auto byte = [this](std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>(received_[at]));
    };
    const std::size_t opcode = byte(0) & 0x0fU;
    std::size_t length = byte(1);
    const std::size_t length_bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (!fill(2 + length_bytes)) {
        return std::nullopt;
    }
    if (length_bytes != 0) {
        length = 0;
        for (std::size_t i = 0; i < length_bytes; ++i) {
            length = length << 8U | byte(2 + i);
        }
    }
    if (opcode == 8 || !fill(2 + length_bytes + length)) {
        return std::nullopt;
    }
    std::string payload = received_.substr(2 + length_bytes, length);
    received_.erase(0, 2 + length_bytes + length);
    return payload;
}

std::optional<std::string> WebSocket::read_message() {
    for (;;) {
        auto message = read();
        if (!message || *message != "2") {
            return message;
        }
        send("3");
    }
}

bool WebSocket::closes() {
    while (read()) {
    }
    return !connection_.timed_out();
}

WebSocket connect(int port, const std::string& packet) {
    WebSocket socket(port);
    socket.send(packet);
    const auto answer = socket.read_message();
    if (!answer || answer->substr(0, 2) != "40") {
        throw std::runtime_error("not connected: " + answer.value_or("closed"));
    }
    return socket;
}

}  // namespace carafe::realtime::raw
