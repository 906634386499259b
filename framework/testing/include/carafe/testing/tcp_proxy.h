#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace carafe::testing {

// Stands between a client and a server on this machine (PostgreSQL, Kafka, anything on TCP) and
// breaks the connection in the ways networks do. Listens on a port of its own on 127.0.0.1; passes
// everything on until told otherwise. Bounded: 256 connections, 256 KiB waiting each way, beyond
// which the sender has to wait. Thread-safe; the destructor closes everything.
//
//     TcpProxy proxy("127.0.0.1", 5433);
//     proxy.cut_after("COMMIT");      // the answer to the next COMMIT never arrives
class TcpProxy {
public:
    enum class Way { kToServer, kToClient };

    // Throws std::system_error when no port is free.
    TcpProxy(const std::string& host, int port);
    // A Kafka broker tells its clients where to find it; in what it says, the proxy puts its own
    // port in the place of the broker's, so clients come back to it. `brokers`: one host:port.
    static std::unique_ptr<TcpProxy> for_kafka(const std::string& brokers);
    ~TcpProxy();
    TcpProxy(const TcpProxy&) = delete;
    TcpProxy& operator=(const TcpProxy&) = delete;

    [[nodiscard]] int port() const;
    // "127.0.0.1:<port>"
    [[nodiscard]] std::string address() const;

    // Each byte arrives so much later; zero ends it for what comes from then on.
    void delay(std::chrono::milliseconds time);
    // A black hole in one way: nothing arrives any more and nobody is told, as with a cable that
    // is unplugged. Both ways make a connection that is dead and looks alive.
    void hold(Way way);
    // Ends hold(): what waited arrives after all.
    void release();
    // Resets all connections now; new ones are served.
    void cut();
    // New connections are reset at once, those there are go on; until accept_again().
    void refuse();
    void accept_again();
    // Resets one connection, the first to get there, after so many more bytes went that way.
    void cut_after(std::size_t bytes, Way way);
    // The same when a client has sent `text`, which the server gets; its answer goes nowhere.
    void cut_after(const std::string& text);
    // Of the two above: whether it has happened.
    [[nodiscard]] bool has_cut() const;

    // Connections accepted since the start, and those open now.
    [[nodiscard]] std::size_t accepted() const;
    [[nodiscard]] std::size_t open() const;

    class Implementation;

private:
    explicit TcpProxy(std::unique_ptr<Implementation> implementation);

    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe::testing
