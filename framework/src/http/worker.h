#pragma once

#include <pistache/transport.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/connection.h"
#include "http/server_state.h"
#include "http/worker_context.h"

namespace carafe::http {

// One worker thread's share of the server: Pistache's transport, which gives it a thread with an
// epoll and hands it accepted sockets. All else Pistache would do with them (its reads, its write
// queue, its parser, its timers) is not used: most of its faults are there.
//
// This class reads, writes and closes, on this thread only. That is what keeps responses apart
// when clients come and go: no other thread ever holds a client's descriptor, so none can write to
// one after the kernel has given it to the next client. Other threads post to the AnswerBox.
class Worker final : public Pistache::Tcp::Transport {
public:
    explicit Worker(std::shared_ptr<ServerState> state);
    ~Worker() override;
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // Pistache clones its prototype once per thread.
    [[nodiscard]] std::shared_ptr<Pistache::Aio::Handler> clone() const override;
    void registerPoller(Pistache::Polling::Epoll& poller) override;
    void onReady(const Pistache::Aio::FdSet& fds) override;

private:
    class PeerHandler;

    void connected(const std::shared_ptr<Pistache::Tcp::Peer>& peer);
    void handle_event(Connection& connection, const Pistache::Aio::FdSet::Entry& entry);
    void handle_box();
    void handle_timer();
    void handle_overdue();
    void handle_stop();
    template <typename Call>
    void with(Connection& connection, Call call);
    void close(Connection& connection);
    void set_timer(std::chrono::milliseconds interval) const;
    [[nodiscard]] std::vector<Connection*> all() const;

    std::shared_ptr<ServerState> state_;
    WorkerContext context_;
    int timer_fd_;
    std::vector<int> pistache_fds_;  // its queues in the epoll
    std::uint64_t last_number_ = 0;
    struct Entry {
        std::unique_ptr<Connection> connection;
        bool writes = false;      // epoll also tells when it takes bytes
        bool is_counted = false;  // against the limits; a refused one is not
    };
    std::unordered_map<int, Entry> connections_;  // by descriptor
    std::unordered_map<std::uint64_t, Connection*>
        by_number_;  // those whose number may be asked for
    std::vector<std::uint64_t> again_;
    bool has_more_overdue_ = false;
    int refused_ = 0;
    int drain_rounds_ = 0;
};

}  // namespace carafe::http
