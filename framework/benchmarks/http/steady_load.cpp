#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http_bench.h"

namespace carafe::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

int connect_to(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        std::perror("connect");
        std::exit(1);
    }
    return fd;
}

// Returns the answer's status, or 0 when the connection ended.
int exchange(int fd, const std::string& request, std::string& buffer) {
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
        return 0;
    }
    buffer.clear();
    std::size_t wanted = std::string::npos;
    std::array<char, 16384> bytes;  // NOLINT(*-member-init): it is written before it is read
    while (buffer.size() < wanted) {
        const auto got = ::recv(fd, bytes.data(), bytes.size(), 0);
        if (got <= 0) {
            return 0;
        }
        buffer.append(bytes.data(), static_cast<std::size_t>(got));
        const auto end = buffer.find("\r\n\r\n");
        if (wanted == std::string::npos && end != std::string::npos) {
            const auto length = buffer.find("\r\nContent-Length: ");
            const auto size =
                length < end ? std::strtoul(buffer.c_str() + length + 18, nullptr, 10) : 0;
            wanted = end + 4 + size;
        }
    }
    return std::atoi(buffer.c_str() + 9);
}

}  // namespace

int run_steady_load(const SteadyLoad& load) {
    std::mutex mutex;
    std::vector<double> times;
    int failed = 0;
    std::vector<std::thread> threads;
    const auto period = nanoseconds(1'000'000'000LL * load.connections / load.per_second);
    const auto start = Clock::now() + std::chrono::milliseconds(50);
    for (int i = 0; i < load.connections; ++i) {
        threads.emplace_back([&, i] {
            const int fd = connect_to(load.port);
            const std::string& request =
                load.requests[static_cast<std::size_t>(i) % load.requests.size()];
            std::vector<double> own;
            int own_failed = 0;
            std::string buffer;
            const auto end = start + std::chrono::seconds(load.seconds);
            for (auto due = start + period * i / load.connections; due < end; due += period) {
                std::this_thread::sleep_until(due);
                const int status = exchange(fd, request, buffer);
                own_failed += status >= 200 && status < 300 ? 0 : 1;
                own.push_back(std::chrono::duration<double, std::milli>(Clock::now() - due).count()
                );
                if (status == 0) {
                    break;
                }
            }
            ::close(fd);
            const std::lock_guard lock(mutex);
            times.insert(times.end(), own.begin(), own.end());
            failed += own_failed;
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    std::sort(times.begin(), times.end());
    const auto at = [&times](double part) {
        const auto index = static_cast<std::size_t>(part * static_cast<double>(times.size()));
        return times.empty() ? 0.0 : times[std::min(index, times.size() - 1)];
    };
    std::printf(
        R"({"requests":%zu,"failed":%d,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f})"
        "\n",
        times.size(),
        failed,
        at(0.5),
        at(0.99),
        at(1.0)
    );
    return 0;
}

}  // namespace carafe::bench
