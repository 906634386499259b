#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "carafe/postgres/outbox.h"

namespace carafe::postgres {

RelaySignal::RelaySignal() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (descriptor_ < 0) {
        throw std::system_error(errno, std::generic_category(), "eventfd for the outbox relay");
    }
}

RelaySignal::~RelaySignal() {
    ::close(descriptor_);
}

void RelaySignal::notify() noexcept {
    const std::uint64_t one = 1;
    // Fails only when the counter is full, that is, when the relay has been told already.
    [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

std::uint64_t RelaySignal::take() noexcept {
    std::uint64_t count = 0;
    return ::read(descriptor_, &count, sizeof count) == sizeof count ? count : 0;
}

}  // namespace carafe::postgres
