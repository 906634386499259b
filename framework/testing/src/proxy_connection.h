#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <string>

#include "carafe/testing/tcp_proxy.h"
#include "proxy_stream.h"

struct pollfd;

namespace carafe::testing {

// What a proxy was told to do; guarded by its mutex.
struct ProxyFaults {
    std::chrono::milliseconds delay{};
    std::array<bool, 2> held{};  // by TcpProxy::Way
    bool refuses = false;
    bool cuts_now = false;
    std::size_t cut_after_bytes = 0;  // zero: not
    TcpProxy::Way cut_way = TcpProxy::Way::kToServer;
    std::string cut_after_text;
    bool has_cut = false;
};

// One client and its connection to the server; the proxy's thread alone uses it. Owns both sockets.
class ProxyConnection {
public:
    // `replacer`: of what the server says.
    ProxyConnection(int client, int server, StreamReplacer replacer);
    ~ProxyConnection();
    ProxyConnection(const ProxyConnection&) = delete;
    ProxyConnection& operator=(const ProxyConnection&) = delete;

    // What to wait for: two entries, for client and server.
    void ask(pollfd* entries, const ProxyFaults& faults) const;
    // Reads and writes what can be. False when the connection has ended or was cut.
    bool serve(const pollfd* entries, ProxyFaults& faults);
    // Both sides see a reset, not an orderly end.
    void reset();
    // When something that waits for its time may be written; far away when nothing does.
    [[nodiscard]] ProxyStream::Clock::time_point next_due() const;

private:
    struct Side {
        int source;
        int sink;
        ProxyStream stream;
    };

    bool read(std::size_t way, ProxyFaults& faults);
    bool write(std::size_t way);
    bool is_cut(std::size_t way, std::string& bytes, ProxyFaults& faults);

    std::array<Side, 2> ways_;  // by TcpProxy::Way
    StreamReplacer replacer_;
    StreamSearch search_;
    bool drops_answers_ = false;  // cut once the server has what it was sent
};

}  // namespace carafe::testing
