#include "cli/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace carafe::cli {

namespace {

std::optional<std::int64_t> number_of(const char* name) {
    const char* text = std::getenv(name);
    std::int64_t number = 0;
    if (text == nullptr) {
        return std::nullopt;
    }
    const char* end = text + std::strlen(text);
    const auto [stop, error] = std::from_chars(text, end, number);
    return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace

ServiceManager::ServiceManager() {
    const char* path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path == nullptr || (*path != '/' && *path != '@') ||
        std::strlen(path) >= sizeof address.sun_path) {
        return;
    }
    socket_ = path;
    const auto period = number_of("WATCHDOG_USEC");
    const auto process = number_of("WATCHDOG_PID");
    if (period && *period > 0 && (!process || *process == getpid())) {
        period_ = std::chrono::microseconds(*period / 2);  // as sd_watchdog_enabled(3) advises
    }
}

void ServiceManager::ready() {
    say("READY=1\nMAINPID=" + std::to_string(getpid()));
}

void ServiceManager::stopping() {
    say("STOPPING=1");
}

void ServiceManager::alive() {
    if (period_ && Clock::now() >= next_) {
        next_ = Clock::now() + *period_;
        say("WATCHDOG=1");
    }
}

// One datagram; whether anybody hears it is not ours to mend.
void ServiceManager::say(const std::string& what) const {
    if (socket_.empty()) {
        return;
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (address.sun_path[0] == '@') {
        address.sun_path[0] = '\0';  // Linux's abstract names
    }
    const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    sendto(
        descriptor,
        what.data(),
        what.size(),
        MSG_NOSIGNAL | MSG_DONTWAIT,
        reinterpret_cast<const sockaddr*>(&address),
        length
    );
    close(descriptor);
}

}  // namespace carafe::cli
