#pragma once

#include <cstdint>
#include <vector>

namespace Pistache {
namespace Polling {
class Epoll;
}
namespace Tcp {
class Listener;
class Transport;
}  // namespace Tcp
}  // namespace Pistache

// What Pistache 0.0.5 keeps to itself and we must reach to close its faults: it has no way to stop
// accepting alone, and it never closes the eventfds of its NotifyFd (one per listener, two per
// worker). Reached by the one way that C++ allows, see the source; nothing is guessed.
namespace carafe::http::pistache {

int listening_fd(const Pistache::Tcp::Listener& listener);
Pistache::Polling::Epoll& accept_poller(Pistache::Tcp::Listener& listener);

// A descriptor that Pistache opened and will not close. The kernel's number of the eventfd tells
// it from a later one that was given the same descriptor.
struct LeakedEvent {
    int fd = -1;
    std::uint64_t id = 0;
};
LeakedEvent shutdown_event(const Pistache::Tcp::Listener& listener);
LeakedEvent notifier_event(const Pistache::Tcp::Transport& transport);
// To be called when Pistache's object is gone.
void close_leaked(const LeakedEvent& event);
LeakedEvent leaked_event(int fd);

// The descriptors in the interest list of an epoll.
std::vector<int> registered_fds(const Pistache::Polling::Epoll& poller);

}  // namespace carafe::http::pistache
