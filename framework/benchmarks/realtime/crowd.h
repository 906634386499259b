#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace carafe::bench {

// Thousands of Socket.IO clients in one thread, by epoll and with no library in between, so that
// what is measured is the server. Over plain WebSockets.
class Crowd {
public:
    using Clock = std::chrono::steady_clock;

    explicit Crowd(int port);
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    struct Kind {
        bool stalled = false;  // never reads again once it is connected
    };
    // Adds clients, `window` of them on their way at a time; returns how long it took until all
    // were connected to the namespace "/". Throws when that takes over a minute.
    std::chrono::duration<double> connect(std::size_t count, Kind kind = {false});

    // Emits `event` with a text that begins with the time, through the first client.
    void emit(std::string_view event, std::size_t text_bytes);
    // Reads until `messages` of such texts have come back, to all clients together, or the time is
    // up; appends how long each was under way.
    void collect(
        std::size_t messages, std::chrono::milliseconds timeout, std::vector<double>& milliseconds
    );
    [[nodiscard]] std::size_t closed() const { return closed_; }

private:
    enum class State : std::uint8_t { opening, upgrading, joining, connected, closed };
    struct Client {
        int descriptor = -1;
        State state = State::opening;
        bool stalled = false;
        std::string received;
    };

    void begin(bool stalled);
    // Waits for something to happen, and deals with it.
    void turn(int timeout_ms);
    void on_ready(std::size_t index);
    bool read(Client& client);
    void digest(Client& client);
    bool digest_frame(Client& client);
    void on_text(Client& client, std::string_view text);
    void close(Client& client);
    static void write(const Client& client, std::string_view bytes);
    static void write_text(const Client& client, std::string_view text);

    const int port_;
    int epoll_;
    std::vector<Client> clients_;
    std::size_t connected_ = 0;
    std::size_t closed_ = 0;
    std::vector<double> arrived_;
};

}  // namespace carafe::bench
