#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/channels/announcements.h"
#include "app/channels/feed.h"
#include "app/channels/questions.h"
#include "app/models/database.h"
#include "app/models/event_history.h"
#include "carafe/realtime/server.h"

namespace shop {

// Brings sockets that were away up to date: first what they missed, from domain_events, then what
// happened meanwhile, then they are in their room and hear it like everybody. A socket that missed
// more than 1,000 events, or whose last event nobody knows, is told `resync` instead: it has to
// load what it shows. One that the database leaves waiting hears what happens now before what it
// missed; the older versions that then follow are what clients drop anyway. All methods run on the
// server's thread, but for has_any().
class CatchUp {
public:
    // `database`, `feed` and `server` must outlive this.
    CatchUp(carafe::realtime::Server& server, Database database, const Feed& feed);

    struct Request {
        std::string type;  // orders, inventory, admin: what the client subscribed to
        std::string room;
        Readership readers;
        std::string last_event_id;
        std::function<void(carafe::realtime::Socket&)> done;  // it is up to date
    };
    void begin(carafe::realtime::Socket& socket, Request request);
    // Whatever is told to a room goes through here first.
    void note(const std::vector<Announcement>& told);
    void forget(const std::string& socket_id);
    // Called every second: for those whose answer is overdue.
    void let_in_whoever_waits();

    // Whether note() has anything to do. Thread-safe.
    [[nodiscard]] bool has_any() const { return count_ != 0; }

    struct Counts {
        std::uint64_t begun = 0;
        std::uint64_t resyncs = 0;
        std::uint64_t replayed = 0;  // events
    };
    // Thread-safe.
    [[nodiscard]] Counts counts() const { return {begun_, resyncs_, replayed_}; }

private:
    using Clock = std::chrono::steady_clock;
    struct Line {
        Request request;
        std::string socket_id;
        std::deque<Announcement> missed;
        std::deque<Announcement> meanwhile;
        bool is_answered = false;
        bool has_overflowed = false;
        bool is_let_in = false;  // hears what happens, though not answered
        Clock::time_point begun_at = Clock::now();
    };
    using Lines = std::map<std::uint64_t, Line>;
    struct Missed {
        const char* resync = nullptr;  // why the events cannot be told
        std::deque<Announcement> events;
    };

    // Questions' thread.
    [[nodiscard]] Missed find_missed(const Request& request) const;
    [[nodiscard]] Missed find_missed(const EventHistory& history, const Request& request) const;
    [[nodiscard]] const char* find_obstacle(const EventHistory& history, const Request& request)
        const;
    // Server's thread.
    void answer(std::uint64_t id, Missed missed);
    void keep(Line& line, const Announcement& told);
    void note_early(const Line& line, const Announcement& told);
    void go_on(std::uint64_t id);
    void go_on_with_all(const std::string& socket_id);
    void resync(carafe::realtime::Socket& socket, const Line& line, const char* reason);
    void erase(Lines::iterator line);

    carafe::realtime::Server& server_;
    Database database_;
    const Feed& feed_;
    Lines lines_;
    // What was told to somebody who had not heard yet what was missed -> the last event that was
    // seen before. Whoever goes away then and names such an event still misses all since that one.
    std::map<std::string, std::string> told_early_;
    std::deque<std::string> told_early_order_;
    std::uint64_t last_id_ = 0;
    std::atomic<std::size_t> count_{0};
    std::atomic<std::uint64_t> begun_{0};
    std::atomic<std::uint64_t> resyncs_{0};
    std::atomic<std::uint64_t> replayed_{0};
    Questions questions_;  // last: its thread uses the others
};

}  // namespace shop
