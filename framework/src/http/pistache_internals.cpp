#include "http/pistache_internals.h"

#include <pistache/listener.h>
#include <pistache/transport.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace {

// Access is not checked in the arguments of an explicit instantiation ([temp.spec.general]/6), so
// it may name a private member and hand the pointer out through a friend.
template <typename Tag, typename Tag::Type member>
struct Expose {
    friend typename Tag::Type pointer_of(Tag) { return member; }
};

struct ListenFd {
    using Type = int Pistache::Tcp::Listener::*;
    friend Type pointer_of(ListenFd);
};
struct ListenerPoller {
    using Type = Pistache::Polling::Epoll Pistache::Tcp::Listener::*;
    friend Type pointer_of(ListenerPoller);
};
struct ListenerShutdown {
    using Type = Pistache::NotifyFd Pistache::Tcp::Listener::*;
    friend Type pointer_of(ListenerShutdown);
};
struct TransportNotifier {
    using Type = Pistache::NotifyFd Pistache::Tcp::Transport::*;
    friend Type pointer_of(TransportNotifier);
};
struct EpollFd {
    using Type = int Pistache::Polling::Epoll::*;
    friend Type pointer_of(EpollFd);
};

template struct Expose<ListenFd, &Pistache::Tcp::Listener::listen_fd>;
template struct Expose<ListenerPoller, &Pistache::Tcp::Listener::poller>;
template struct Expose<ListenerShutdown, &Pistache::Tcp::Listener::shutdownFd>;
template struct Expose<TransportNotifier, &Pistache::Tcp::Transport::notifier>;
template struct Expose<EpollFd, &Pistache::Polling::Epoll::epoll_fd>;

// The values of `key: value` lines in /proc/self/fdinfo/<fd>.
std::vector<std::string> fdinfo(int fd, const std::string& key) {
    std::vector<std::string> values;
    std::ifstream file("/proc/self/fdinfo/" + std::to_string(fd));
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string name;
        std::string value;
        if (words >> name >> value && name == key) {
            values.push_back(value);
        }
    }
    return values;
}

std::optional<std::uint64_t> eventfd_id(int fd) {
    const auto ids = fdinfo(fd, "eventfd-id:");
    return ids.empty() ? std::nullopt : std::optional<std::uint64_t>(std::stoull(ids.front()));
}

}  // namespace

namespace carafe::http::pistache {

int listening_fd(const Pistache::Tcp::Listener& listener) {
    return listener.*pointer_of(ListenFd{});
}

Pistache::Polling::Epoll& accept_poller(Pistache::Tcp::Listener& listener) {
    return listener.*pointer_of(ListenerPoller{});
}

LeakedEvent shutdown_event(const Pistache::Tcp::Listener& listener) {
    const auto& notify = listener.*pointer_of(ListenerShutdown{});
    return leaked_event(static_cast<int>(notify.tag().value()));
}

LeakedEvent notifier_event(const Pistache::Tcp::Transport& transport) {
    const auto& notify = transport.*pointer_of(TransportNotifier{});
    return leaked_event(static_cast<int>(notify.tag().value()));
}

LeakedEvent leaked_event(int fd) {
    const auto id = eventfd_id(fd);
    return id ? LeakedEvent{fd, *id} : LeakedEvent{};
}

void close_leaked(const LeakedEvent& event) {
    if (event.fd >= 0 && eventfd_id(event.fd) == event.id) {
        ::close(event.fd);
    }
}

std::vector<int> registered_fds(const Pistache::Polling::Epoll& poller) {
    std::vector<int> fds;
    for (const auto& fd : fdinfo(poller.*pointer_of(EpollFd{}), "tfd:")) {
        fds.push_back(std::stoi(fd));
    }
    return fds;
}

}  // namespace carafe::http::pistache
