#include "attack.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace carafe::http::spec {
namespace {

constexpr int kHangMs = 10'000;

// Exit status as a shell tells it.
int status_of(int wait_status) {
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

}  // namespace

double attack_scale() {
    const char* text = std::getenv("CARAFE_ATTACK_SCALE");
    return text == nullptr ? 1.0 : std::strtod(text, nullptr);
}

int scaled(int count) {
    return std::max(1, static_cast<int>(count * attack_scale()));
}

ServerProcess::ServerProcess() {
    std::array<int, 2> input{};
    std::array<int, 2> output{};
    if (::pipe2(input.data(), O_CLOEXEC) != 0 || ::pipe2(output.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("pipe");
    }
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(input[0], STDIN_FILENO);
        ::dup2(output[1], STDOUT_FILENO);
        ::execl(SERVER_UNDER_ATTACK, SERVER_UNDER_ATTACK, nullptr);
        ::_exit(127);
    }
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    std::string said;
    std::array<char, 64> bytes{};
    while (said.find('\n') == std::string::npos) {
        const auto got = ::read(output[0], bytes.data(), bytes.size());
        if (got <= 0) {
            throw std::runtime_error("the server under attack did not start");
        }
        said.append(bytes.data(), static_cast<std::size_t>(got));
    }
    ::close(output[0]);
    port_ = std::atoi(said.c_str() + std::strlen("port "));
}

ServerProcess::~ServerProcess() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        ::close(input_);
    }
}

double ServerProcess::resident_mib() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
    double total = 0;
    double resident = 0;
    file >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

int ServerProcess::stop() {
    ::close(input_);
    int status = 0;
    for (int i = 0; i < 3'000; ++i) {
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            pid_ = -1;
            return status_of(status);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return status_of(status);
}

void ClientProcesses::start(int count, const std::function<int(int)>& body) {
    for (int index = 0; index < count; ++index) {
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::_exit(body(index));
        }
        pids_.push_back(pid);
    }
}

int ClientProcesses::wait() {
    int failed = 0;
    for (const pid_t pid : std::exchange(pids_, {})) {
        int status = 0;
        ::waitpid(pid, &status, 0);
        failed += status_of(status) == 0 ? 0 : 1;
    }
    return failed;
}

void ClientProcesses::kill() {
    for (const pid_t pid : std::exchange(pids_, {})) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
}

void* shared_memory(std::size_t bytes) {
    void* memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        throw std::runtime_error("mmap");
    }
    return memory;
}

RawClient::RawClient(int port, int from, int receive_buffer)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receive_buffer > 0) {
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1U + static_cast<std::uint32_t>(from));
    if (from != 1) {
        ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd_);
        fd_ = -1;
    }
}

RawClient::~RawClient() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      hung_(other.hung_),
      buffer_(std::move(other.buffer_)),
      position_(other.position_) {}

RawClient& RawClient::operator=(RawClient&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(hung_, other.hung_);
    buffer_.swap(other.buffer_);
    std::swap(position_, other.position_);
    return *this;
}

bool RawClient::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool RawClient::fill() {
    if (position_ == buffer_.size()) {
        buffer_.clear();
        position_ = 0;
    }
    pollfd waits{fd_, POLLIN, 0};
    if (::poll(&waits, 1, kHangMs) == 0) {
        hung_ = true;
        return false;
    }
    std::array<char, 65536> bytes;  // NOLINT(*-member-init): it is written before it is read
    const auto got = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (got <= 0) {
        return false;
    }
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    return true;
}

bool RawClient::receive(Answer& answer) {
    for (;;) {
        std::size_t end = 0;
        while ((end = buffer_.find("\r\n\r\n", position_)) == std::string::npos) {
            if (!fill()) {
                return false;
            }
        }
        const auto head = std::string_view(buffer_).substr(position_, end + 2 - position_);
        answer.status = std::atoi(head.data() + std::strlen("HTTP/1.1 "));
        answer.says_close = head.find("\r\nConnection: close\r\n") != std::string_view::npos;
        constexpr std::string_view kLength = "\r\nContent-Length: ";
        const auto length = head.find(kLength);
        const std::size_t size =
            length == std::string_view::npos
                ? 0
                : std::strtoul(head.data() + length + kLength.size(), nullptr, 10);
        const std::size_t start = end + 4 - position_;
        while (buffer_.size() - position_ < start + size) {
            if (!fill()) {
                return false;
            }
        }
        answer.body.assign(buffer_, position_ + start, size);
        position_ += start + size;
        if (answer.status != 100) {
            return true;
        }
    }
}

void RawClient::finish_sending() const {
    ::shutdown(fd_, SHUT_WR);
}

void RawClient::abort() {
    const struct linger reset { 1, 0 };
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::close(fd_);
    fd_ = -1;
}

}  // namespace carafe::http::spec
