#include "http/worker.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pistache/peer.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "carafe/log.h"
#include "http/pistache_internals.h"

namespace carafe::http {

namespace polling = Pistache::Polling;

namespace {

// Refused connections of a worker that still take their 503; more are closed without a word.
constexpr int kMaxRefusedPerWorker = 64;
// What the kernel takes of a response beyond what it can send; without it a client that does not
// read holds up to tcp_wmem of the kernel's memory (4 MiB), which no limit of ours sees.
constexpr int kUnsentBytes = 128 * 1024;
// Each costs a response and a close, some 20 us, for which others wait.
constexpr std::size_t kMostOverdueAtOnce = 8;
constexpr std::chrono::milliseconds kMinTick{5};
constexpr std::chrono::milliseconds kMaxTick{100};

std::chrono::milliseconds tick_of(const Server::Options& options) {
    const auto shortest = std::min(
        {options.header_timeout,
         options.body_timeout,
         options.keep_alive_timeout,
         options.write_timeout,
         options.deferred_timeout}
    );
    return std::clamp(shortest / 8, kMinTick, kMaxTick);
}

}  // namespace

// Pistache tells it of accepted sockets; it never gets input, since Worker::onReady reads.
class Worker::PeerHandler final : public Pistache::Tcp::Handler {
public:
    void onConnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
        static_cast<Worker*>(transport())->connected(peer);
    }
    void onInput(const char*, std::size_t, const std::shared_ptr<Pistache::Tcp::Peer>&) override {}
    [[nodiscard]] std::shared_ptr<Pistache::Tcp::Handler> clone() const override {
        return std::make_shared<PeerHandler>();
    }
};

Worker::Worker(std::shared_ptr<ServerState> state)
    : Pistache::Tcp::Transport(std::make_shared<PeerHandler>()),
      state_(std::move(state)),
      context_(*state_),
      timer_fd_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
    if (timer_fd_ < 0) {
        throw std::system_error(errno, std::generic_category(), "http: timerfd_create");
    }
}

Worker::~Worker() {
    // Pistache's peers do not close their descriptors.
    for (const auto& [fd, peer] : peers) {
        ::close(fd);
    }
    ::close(timer_fd_);
}

std::shared_ptr<Pistache::Aio::Handler> Worker::clone() const {
    return std::make_shared<Worker>(state_);
}

void Worker::registerPoller(polling::Epoll& poller) {
    std::vector<pistache::LeakedEvent> leaked;
    for (const int fd : pistache::registered_fds(poller)) {  // so far only its reactor's shutdown
        leaked.push_back(pistache::leaked_event(fd));
    }
    Transport::registerPoller(poller);
    leaked.push_back(pistache::notifier_event(*this));
    pistache_fds_ = pistache::registered_fds(poller);
    for (const int fd : {timer_fd_, context_.box->fd()}) {
        poller.addFd(
            fd,
            Pistache::Flags(polling::NotifyOn::Read),
            polling::Tag(static_cast<std::uint64_t>(fd))
        );
    }
    set_timer(tick_of(state_->options()));
    state_->add_worker(context_.box, leaked);
}

void Worker::set_timer(std::chrono::milliseconds interval) const {
    const auto nanoseconds = std::chrono::nanoseconds(interval).count();
    const timespec time{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    const itimerspec every{time, time};
    ::timerfd_settime(timer_fd_, 0, &every, nullptr);
}

// Runs on this worker's thread before the socket is in its epoll: nothing may be closed here.
void Worker::connected(const std::shared_ptr<Pistache::Tcp::Peer>& peer) {
    const int fd = peer->fd();
    const auto address = peer->address().host();
    ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes, sizeof kUnsentBytes);
    const char* refused = state_->admit(address);
    auto& entry = connections_[fd];
    entry.connection = std::make_unique<Connection>(fd, ++last_number_, address, context_);
    entry.is_counted = refused == nullptr;
    by_number_[last_number_] = entry.connection.get();
    if (refused == nullptr) {
        return;
    }
    if (++refused_ > kMaxRefusedPerWorker) {
        ::shutdown(fd, SHUT_RDWR);  // epoll tells of it, and then it is closed
    } else {
        entry.connection->refuse(refused);
    }
}

void Worker::onReady(const Pistache::Aio::FdSet& fds) {
    std::vector<polling::Event> others;
    for (const auto& entry : fds) {
        const auto fd = static_cast<int>(entry.getTag().value());
        if (fd == timer_fd_) {
            handle_timer();
        } else if (fd == context_.box->fd()) {
            handle_box();
        } else if (const auto found = connections_.find(fd); found != connections_.end()) {
            handle_event(*found->second.connection, entry);
        } else if (std::find(pistache_fds_.begin(), pistache_fds_.end(), fd) != pistache_fds_.end()) {
            auto& event = others.emplace_back(entry.getTag());
            event.flags.setFlag(polling::NotifyOn::Read);
        }  // else it was closed earlier in this round
    }
    if (!others.empty()) {
        Transport::onReady(Pistache::Aio::FdSet(std::move(others)));  // Pistache's own queues
    }
    handle_stop();
}

void Worker::handle_event(Connection& connection, const Pistache::Aio::FdSet::Entry& entry) {
    // Entry hides that it is an Event; only a cast of this kind may look behind (and only so can
    // the end of the client's bytes be told from more bytes).
    const auto& event = (const polling::Event&)entry;
    if (entry.isHangup()) {
        return close(connection);
    }
    if (entry.isReadable() || event.flags.hasFlag(polling::NotifyOn::Shutdown)) {
        const bool is_done = event.flags.hasFlag(polling::NotifyOn::Shutdown);
        return with(connection, [is_done](Connection& c) { return c.on_readable(is_done); });
    }
    with(connection, [](Connection& c) { return c.on_writable(); });
}

// The one place that calls a connection and carries out what it says.
template <typename Call>
void Worker::with(Connection& connection, Call call) {
    auto verdict = Connection::Verdict::close;
    try {
        verdict = call(connection);
    } catch (const std::exception& error) {  // out of memory, at worst: this client pays, no other
        log::error("http connection failed", {{"error", error.what()}});
    }
    if (verdict == Connection::Verdict::close) {
        return close(connection);
    }
    if (verdict == Connection::Verdict::again) {
        again_.push_back(connection.number());
        context_.box->wake();
    }
    auto& entry = connections_.at(connection.fd());
    if (entry.writes != connection.wants_write()) {
        entry.writes = connection.wants_write();
        const auto interest = polling::NotifyOn::Read | polling::NotifyOn::Shutdown;
        reactor()->modifyFd(
            key(),
            connection.fd(),
            entry.writes ? interest | polling::NotifyOn::Write : interest,
            polling::Mode::Edge
        );
    }
}

void Worker::close(Connection& connection) {
    const int fd = connection.fd();
    const auto entry = connections_.find(fd);
    if (entry->second.is_counted) {
        state_->forget(connection.peer_address());
    } else {
        --refused_;
    }
    by_number_.erase(connection.number());
    connections_.erase(entry);
    const auto peer = peers.find(fd);
    removePeer(std::shared_ptr(peer->second));  // closes the descriptor
}

void Worker::handle_box() {
    auto answers = context_.box->take();
    for (const auto number : std::exchange(again_, {})) {
        if (const auto found = by_number_.find(number); found != by_number_.end()) {
            with(*found->second, [](Connection& c) { return c.resume(); });
        }
    }
    for (const auto& answer : answers) {
        if (const auto found = by_number_.find(answer.connection); found != by_number_.end()) {
            with(*found->second, [&answer](Connection& c) {
                return c.on_answer(answer.exchange, answer.response);
            });
        }
    }
    if (has_more_overdue_) {
        handle_overdue();
    }
}

std::vector<Connection*> Worker::all() const {
    std::vector<Connection*> all;
    all.reserve(connections_.size());
    for (const auto& [fd, entry] : connections_) {
        all.push_back(entry.connection.get());
    }
    return all;
}

void Worker::handle_timer() {
    std::uint64_t ignored = 0;
    [[maybe_unused]] const auto got = ::read(timer_fd_, &ignored, sizeof ignored);
    handle_overdue();
}

// Slow clients that came together are late together: a few of them at a time, then others go first.
void Worker::handle_overdue() {
    const auto now = Clock::now();
    std::vector<Connection*> overdue;
    for (const auto& [fd, entry] : connections_) {
        if (entry.connection->deadline() <= now) {
            overdue.push_back(entry.connection.get());
            if (overdue.size() == kMostOverdueAtOnce) {
                break;
            }
        }
    }
    for (auto* connection : overdue) {
        with(*connection, [](Connection& c) { return c.on_deadline(); });
    }
    has_more_overdue_ = overdue.size() == kMostOverdueAtOnce;
    if (has_more_overdue_) {
        context_.box->wake();
    }
}

// Nothing is accepted any more when a stage begins, but a socket may still be in Pistache's queue.
// Two more rounds of epoll are sure to have emptied it; then an empty worker stays empty.
void Worker::handle_stop() {
    const auto stage = state_->stage();
    if (stage == ServerState::Stage::serving) {
        return;
    }
    if (drain_rounds_ == 0) {
        set_timer(kMinTick);
        for (auto* connection : all()) {
            connection->on_drain();
        }
    }
    if (stage == ServerState::Stage::closing) {
        for (auto* connection : all()) {
            connection->on_stop();
            close(*connection);
        }
    }
    if (drain_rounds_ < 2) {
        ++drain_rounds_;
        context_.box->wake();
    } else if (connections_.empty() && drain_rounds_ == 2) {
        ++drain_rounds_;
        state_->worker_is_empty();
    }
}

}  // namespace carafe::http
