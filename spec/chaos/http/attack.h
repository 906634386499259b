#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace carafe::http::spec {

// 1 unless CARAFE_ATTACK_SCALE says otherwise: the default suite runs short forms of these specs.
double attack_scale();
// `count` of the full form, in this form.
int scaled(int count);

// http_server_under_attack as a child. A spec ends it by stop(), which tells how it went.
class ServerProcess {
public:
    ServerProcess();
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] double resident_mib() const;
    // Asks it to stop. Returns its exit status: 0 when it neither crashed nor hung, nor did a
    // sanitizer find anything.
    int stop();

private:
    pid_t pid_ = -1;
    int input_ = -1;  // its standard input: closed, it stops
    int port_ = 0;
};

// Clients as processes of their own: `body(index)` runs in each; its result is the exit status. All
// are killed with the object.
class ClientProcesses {
public:
    void start(int count, const std::function<int(int index)>& body);
    // Returns how many did not exit with 0.
    int wait();
    void kill();
    ClientProcesses() = default;
    ~ClientProcesses() { kill(); }
    ClientProcesses(const ClientProcesses&) = delete;
    ClientProcesses& operator=(const ClientProcesses&) = delete;

private:
    std::vector<pid_t> pids_;
};

// Memory that forked processes share, zeroed.
void* shared_memory(std::size_t bytes);
template <typename T>
T& shared() {
    return *static_cast<T*>(shared_memory(sizeof(T)));
}

struct Answer {
    int status = 0;
    bool says_close = false;
    std::string body;
};

// A plain client that sends what it is told and counts what comes back.
class RawClient {
public:
    // From 127.0.0.`from`. `receive_buffer` 0: the kernel's default.
    explicit RawClient(int port, int from = 1, int receive_buffer = 0);
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    RawClient& operator=(RawClient&& other) noexcept;

    [[nodiscard]] bool is_open() const { return fd_ >= 0; }
    [[nodiscard]] int fd() const { return fd_; }
    bool send(std::string_view bytes) const;
    // The next final answer (100 is skipped). False: the end, or nothing for 10 s (see hung()).
    bool receive(Answer& answer);
    [[nodiscard]] bool hung() const { return hung_; }
    // Bytes that came and belong to no answer.
    [[nodiscard]] std::size_t left_over() const { return buffer_.size() - position_; }
    void finish_sending() const;
    void abort();  // with a reset

private:
    bool fill();
    int fd_;
    bool hung_ = false;
    std::string buffer_;
    std::size_t position_ = 0;
};

}  // namespace carafe::http::spec
