#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Clients that speak HTTP and WebSocket byte by byte over real sockets, so that a spec can also say
// what no library would. Blocking; every read gives up after ten seconds.
namespace carafe::realtime::raw {

// A connected TCP socket.
class Connection {
public:
    explicit Connection(int port, int receive_buffer_bytes = 0);
    ~Connection();
    Connection(Connection&& other) noexcept;
    Connection& operator=(Connection&&) = delete;

    void write(std::string_view bytes) const;
    // Some bytes; "" at the end of the stream, when it broke, or when time is up (see timed_out).
    std::string read_some(std::chrono::milliseconds timeout = std::chrono::seconds(10));
    // True when the other side closed within the time; what still comes is thrown away.
    bool closes(std::chrono::milliseconds timeout = std::chrono::seconds(10));
    // Cuts without a goodbye (RST).
    void reset();
    void close();
    [[nodiscard]] bool timed_out() const { return timed_out_; }

private:
    int descriptor_ = -1;
    bool timed_out_ = false;
};

struct Response {
    int status = 0;  // 0: none came
    std::string head;
    std::string body;
    [[nodiscard]] bool has(const std::string& header_line) const {
        return head.find(header_line) != std::string::npos;
    }
};

struct Request {
    std::string method = "GET";
    std::string target;
    std::string body;
    std::vector<std::string> headers;  // whole lines
};
void send_request(const Connection& connection, const Request& request);
Response read_response(Connection& connection);
// On a connection of its own.
Response request(int port, const Request& request);

// A polling session.
class Polling {
public:
    explicit Polling(int port);
    [[nodiscard]] const std::string& session() const { return session_; }
    [[nodiscard]] std::string target() const;
    Response get() const;
    Response post(const std::string& body) const;

private:
    int port_;
    std::string session_;
};

// A WebSocket, by default a new session with the opening packet already read.
class WebSocket {
public:
    struct Options {
        std::string query = "";  // as "&sid=..."
        std::vector<std::string> headers;
        int receive_buffer_bytes = 0;
        bool read_opening = true;
    };
    explicit WebSocket(int port) : WebSocket(port, Options()) {}
    WebSocket(int port, const Options& options);

    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] const std::string& head() const { return head_; }
    void send(std::string_view text) { send_frame(0x81, text); }
    void send_binary(std::string_view bytes) { send_frame(0x82, bytes); }
    void send_frame(unsigned char first_byte, std::string_view payload);
    // The next text or binary message; nothing when the server closed.
    std::optional<std::string> read();
    // The next message that is not a ping; pings are answered.
    std::optional<std::string> read_message();
    // True when the server closes within ten seconds; messages before that are thrown away.
    bool closes();
    Connection& connection() { return connection_; }

private:
    bool fill(std::size_t size);

    Connection connection_;
    int status_ = 0;
    std::string head_;
    std::string received_;
};

// A WebSocket that is connected to a namespace.
WebSocket connect(int port, const std::string& packet = "40");

}  // namespace carafe::realtime::raw
