#include "kafka/wake_pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>

namespace carafe::kafka {

WakePipe::WakePipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe2");
    }
    read_end_ = ends[0];
    write_end_ = ends[1];
}

WakePipe::~WakePipe() {
    ::close(read_end_);
    ::close(write_end_);
}

void WakePipe::write(std::uint32_t token) const {
    [[maybe_unused]] const ssize_t written = ::write(write_end_, &token, sizeof token);
}

std::vector<std::uint32_t> WakePipe::read(std::chrono::milliseconds timeout) const {
    std::vector<std::uint32_t> tokens;
    pollfd readable{read_end_, POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(timeout.count())) <= 0) {
        return tokens;
    }
    std::array<std::uint32_t, 1024> buffer{};
    while (true) {
        const ssize_t bytes = ::read(read_end_, buffer.data(), sizeof buffer);
        if (bytes <= 0) {
            break;
        }
        const std::size_t count = static_cast<std::size_t>(bytes) / sizeof(std::uint32_t);
        tokens.insert(
            tokens.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count)
        );
        if (count < buffer.size()) {
            break;
        }
    }
    std::sort(tokens.begin(), tokens.end());
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    return tokens;
}

}  // namespace carafe::kafka
