#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace carafe::http::spec {

struct Reply {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
};

// A client that sends exactly the bytes it is told to, and waits at most 5 s for anything.
class HttpClient {
public:
    // `receive_buffer` bounds what the kernel takes for a client that does not read; 0: its
    // default.
    explicit HttpClient(int port, int receive_buffer = 0);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // False when the server has closed.
    bool send(std::string_view bytes) const;
    // The next response, final ones and 100 alike; nothing when the connection ended before it was
    // complete. `to_head`: it has no body whatever its length says.
    std::optional<Reply> receive(bool to_head = false);
    std::optional<Reply> get(const std::string& target);
    // Whether the server closes (end or reset) without sending more.
    bool is_closed_by_server();
    // The same, but orderly: a reset could have cost the client a response.
    bool is_ended_by_server();
    void finish_sending() const;  // half close
    void abort();                 // close with a reset
    [[nodiscard]] int fd() const { return fd_; }

private:
    bool fill();
    int fd_;
    std::string buffer_;
};

inline std::string get_request(const std::string& target, const std::string& fields = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n";
}

inline std::string post_request(const std::string& target, const std::string& body) {
    return "POST " + target +
           " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

}  // namespace carafe::http::spec
