#include "http/acceptor.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <pistache/listener.h>
#include <pistache/log.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>

#include "carafe/errors.h"
#include "carafe/log.h"
#include "http/pistache_internals.h"
#include "http/worker.h"

namespace carafe::http {
namespace {

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kAcceptBackoff{10};
constexpr std::chrono::seconds kFenceTimeout{1};
// A handshake that has begun takes a round trip more; then nothing comes that was not refused.
constexpr std::chrono::milliseconds kHandshakeTime{20};
constexpr std::chrono::milliseconds kEmptyTimeout{500};

Pistache::Address address_of(const Server::Options& options) {
    const bool is_v6 = options.bind.find(':') != std::string::npos;
    const auto host = is_v6 ? "[" + options.bind + "]" : options.bind;
    return {host, Pistache::Port(static_cast<std::uint16_t>(options.port))};
}

// Closing a listening socket resets the clients whom the kernel has accepted and nobody has fetched
// yet, with the requests they have sent. So first no new ones are let in: a filter that drops what
// asks for a connection (SYN without ACK, in the 14th byte of a TCP header) and lets through all
// else. Those clients ask again a moment later and learn that nobody listens.
void refuse_handshakes(int fd) {
    constexpr std::uint32_t kFlagsAt = 13;
    constexpr std::uint32_t kSynAndAck = 0x12;
    constexpr std::uint32_t kSyn = 0x02;
    std::array<sock_filter, 5> code{{
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kFlagsAt),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, kSynAndAck),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kSyn, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF),
    }};
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    if (::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
        log::warn("http cannot refuse handshakes before it stops; clients may be reset");
    }
}

bool has_waiting_clients(int fd) {
    pollfd descriptor{fd, POLLIN, 0};
    return ::poll(&descriptor, 1, 0) > 0;
}

// The accepting thread fetches them; here we only wait.
void wait_until_fetched(int fd) {
    const auto deadline = std::chrono::steady_clock::now() + kEmptyTimeout;
    do {
        std::this_thread::sleep_for(kHandshakeTime);
    } while (has_waiting_clients(fd) && std::chrono::steady_clock::now() < deadline);
}

}  // namespace

// Pistache reports a failed accept to its logger, on the accepting thread: the one place where it
// calls us there. In service a failure means that descriptors have run out; Pistache would try
// again at once and for ever, so it is slowed down. During a stop it is the answer to our question
// whether that thread is through with what it had accepted.
class Acceptor::AcceptLog final : public Pistache::Log::StringLogger {
public:
    void log(Pistache::Log::Level, const std::string& message) override {
        if (!is_stopping_) {
            if (failures_++ % 100 == 0) {
                log::warn("http cannot accept a connection", {{"error", message}});
            }
            std::this_thread::sleep_for(kAcceptBackoff);
        } else if (!is_through_) {
            is_through_ = true;
            through_.set_value();
        }
    }
    [[nodiscard]] bool isEnabledFor(Pistache::Log::Level level) const override {
        return level >= Pistache::Log::Level::WARN;
    }

    void expect_stop() { is_stopping_ = true; }
    bool wait_until_through() {
        return through_.get_future().wait_for(kFenceTimeout) == std::future_status::ready;
    }

private:
    std::atomic<bool> is_stopping_{false};
    bool is_through_ = false;  // accepting thread only, as failures_
    int failures_ = 0;
    std::promise<void> through_;
};

struct Acceptor::Parts {
    std::shared_ptr<ServerState> state;
    std::shared_ptr<AcceptLog> accept_log = std::make_shared<AcceptLog>();
    std::unique_ptr<Pistache::Tcp::Listener> listener;
    pistache::LeakedEvent shutdown_event;
    bool is_accepting = false;
};

Acceptor::Acceptor(const std::shared_ptr<ServerState>& state) : parts_(std::make_unique<Parts>()) {
    const auto& options = state->options();
    parts_->state = state;
    try {
        parts_->listener = std::make_unique<Pistache::Tcp::Listener>(address_of(options));
        using Flag = Pistache::Tcp::Options;
        parts_->listener->init(
            static_cast<std::size_t>(options.threads),
            Pistache::Flags<Flag>(Flag::ReuseAddr) | Flag::NoDelay | Flag::CloseOnExec,
            "http",
            kBacklog,
            parts_->accept_log
        );
        parts_->listener->setTransportFactory([state] { return std::make_shared<Worker>(state); });
        parts_->listener->bind();
    } catch (const std::exception& error) {
        throw ConfigurationError(
            "http: cannot listen on " + options.bind + ":" + std::to_string(options.port) + ": " +
            error.what() + "; another process may have the port, set PORT to use another"
        );
    }
}

Acceptor::~Acceptor() {
    // Pistache's destructor of the listener joins the accepting thread, then the workers.
    parts_->listener.reset();
    pistache::close_leaked(parts_->shutdown_event);
    parts_->state->close_leaked_events();
}

int Acceptor::port() const {
    return static_cast<int>(static_cast<std::uint16_t>(parts_->listener->getPort()));
}

void Acceptor::run() {
    parts_->listener->runThreaded();
    parts_->shutdown_event = pistache::shutdown_event(*parts_->listener);
    parts_->is_accepting = true;
}

// Pistache cannot stop accepting without stopping everything. So the listening socket is replaced,
// under the same descriptor and in one step (dup2), by one end of a socket pair: the kernel closes
// the listening socket, and the accepting thread, woken by the byte in the pair, finds that accept
// fails with EINVAL, which it reports to AcceptLog and takes calmly (unlike EBADF, which would end
// the process). Its report comes between two accepts: nothing is in its hands then.
void Acceptor::stop_accepting() {
    if (!parts_->is_accepting) {
        return;
    }
    parts_->is_accepting = false;
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()) != 0) {
        log::error("http cannot stop accepting before it stops", {{"error", "socketpair failed"}});
        return;
    }
    const int fd = pistache::listening_fd(*parts_->listener);
    refuse_handshakes(fd);
    wait_until_fetched(fd);
    parts_->accept_log->expect_stop();
    ::dup3(pair[0], fd, O_CLOEXEC);
    pistache::accept_poller(*parts_->listener)
        .addFd(
            fd,
            Pistache::Flags(Pistache::Polling::NotifyOn::Read),
            Pistache::Polling::Tag(static_cast<std::uint64_t>(fd)),
            Pistache::Polling::Mode::Edge  // told once, so that the unread byte does not spin it
        );
    [[maybe_unused]] const auto sent = ::send(pair[1], "x", 1, MSG_NOSIGNAL);
    if (!parts_->accept_log->wait_until_through()) {
        log::warn("http accepting thread did not answer in time");
    }
    ::close(pair[0]);
    ::close(pair[1]);
}

}  // namespace carafe::http
