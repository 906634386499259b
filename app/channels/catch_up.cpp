#include "app/channels/catch_up.h"

#include <algorithm>
#include <boost/json.hpp>

#include "carafe/log.h"
#include "carafe/postgres/pool.h"

namespace shop {

namespace {

namespace json = boost::json;
using carafe::realtime::Socket;
using std::chrono::milliseconds;

constexpr int kMostMissed = 1'000;
constexpr std::size_t kMostMeanwhile = 1'000;
// With those of the overlap, which a client has seen for the most part.
constexpr int kMostTold = 3'000;
// As late as the transport may be: what happened that long before the last event that a client saw
// may still have reached it after that one.
constexpr milliseconds kOverlap = Feed::kTooLate;
// So much fits into every socket's queue beside the rest, also when it catches up in three rooms.
constexpr std::size_t kToldAtOnce = 64;
constexpr std::size_t kBytesToldAtOnce = std::size_t{32} * 1024;
constexpr std::chrono::seconds kAnswerExpected{1};
constexpr std::size_t kMostToldEarly = 16'384;  // some 3 MB

std::string event_id_of(const Announcement& told) {
    boost::system::error_code error;
    const json::value payload = json::parse(told.payload, error);
    const json::value* id =
        error || !payload.is_object() ? nullptr : payload.get_object().if_contains("event_id");
    const std::string text =
        id != nullptr && id->is_string() ? std::string(id->get_string()) : std::string();
    return text.substr(0, text.find(':'));  // an alert has its cause's
}

}  // namespace

CatchUp::CatchUp(carafe::realtime::Server& server, Database database, const Feed& feed)
    : server_(server), database_(database), feed_(feed) {}

void CatchUp::begin(Socket& socket, Request request) {
    const std::uint64_t id = ++last_id_;
    ++begun_;
    if (const auto early = told_early_.find(request.last_event_id); early != told_early_.end()) {
        request.last_event_id = early->second;
    }
    socket.leave(request.room);  // until it is up to date, what is told there is kept for it
    Line& line = lines_[id];
    line.request = std::move(request);
    line.socket_id = socket.id();
    count_ = lines_.size();
    const bool is_asked = questions_.ask([this, id, request = line.request] {
        Missed missed = find_missed(request);
        server_.post([this, id, missed = std::move(missed)] { answer(id, missed); });
    });
    if (!is_asked) {
        answer(id, {"overloaded", {}});
    }
}

void CatchUp::note(const std::vector<Announcement>& told) {
    for (auto& [id, line] : lines_) {
        for (const Announcement& each : told) {
            if (each.room == line.request.room) {
                keep(line, each);
            }
        }
    }
}

void CatchUp::keep(Line& line, const Announcement& told) {
    if (line.is_let_in) {
        note_early(line, told);
    }
    if (line.meanwhile.size() == kMostMeanwhile) {
        line.has_overflowed = line.has_overflowed || !line.is_let_in;  // else it has heard that one
        line.meanwhile.pop_front();
    }
    line.meanwhile.push_back(told);
}

void CatchUp::note_early(const Line& line, const Announcement& told) {
    const std::string& seen = line.request.last_event_id;
    const std::string id = event_id_of(told);
    const auto [place, is_new] = told_early_.emplace(id, seen);
    if (!is_new) {
        place->second = std::min(place->second, seen);  // ids are UUIDs of version 7: the older one
        return;
    }
    told_early_order_.push_back(id);
    if (told_early_order_.size() > kMostToldEarly) {
        told_early_.erase(told_early_order_.front());
        told_early_order_.pop_front();
    }
}

void CatchUp::let_in_whoever_waits() {
    for (auto& [id, line] : lines_) {
        const bool is_overdue =
            !line.is_answered && line.begun_at <= Clock::now() - kAnswerExpected;
        Socket* socket = is_overdue && !line.is_let_in && line.meanwhile.size() <= kToldAtOnce
                             ? server_.find(line.socket_id)
                             : nullptr;
        if (socket == nullptr) {
            continue;
        }
        line.is_let_in = true;
        for (const Announcement& each : std::exchange(line.meanwhile, {})) {
            note_early(line, each);
            socket->emit(each.event, each.payload);
        }
        socket->join(line.request.room);
    }
}

void CatchUp::forget(const std::string& socket_id) {
    for (auto line = lines_.begin(); line != lines_.end();) {
        line = line->second.socket_id == socket_id ? lines_.erase(line) : std::next(line);
    }
    count_ = lines_.size();
}

CatchUp::Missed CatchUp::find_missed(const Request& request) const {
    try {
        return database_.with([&](auto& tx) { return find_missed(EventHistory(tx), request); });
    } catch (const carafe::postgres::Unavailable&) {
        throw;  // asked again
    } catch (const std::exception& error) {
        carafe::log::error("cannot replay events", {{"error", error.what()}});
        return {"failed", {}};
    }
}

CatchUp::Missed CatchUp::find_missed(const EventHistory& history, const Request& request) const {
    if (const char* obstacle = find_obstacle(history, request)) {
        return {obstacle, {}};
    }
    const auto list = [&](milliseconds overlap) {
        return history.around_and_after(
            request.readers, request.last_event_id, overlap, kMostTold + 1
        );
    };
    auto events = list(kOverlap);
    if (events.size() > kMostTold) {
        // Where much happens, a minute is too much: what counts is how late events come.
        events = list(std::min(kOverlap, feed_.lateness() * 2 + milliseconds(2'000)));
    }
    if (events.size() > kMostTold) {
        return {"too_many", {}};
    }
    Missed missed;
    for (const Happening& event : events) {
        for (Announcement& each : announcements(event)) {
            if (each.room == request.room) {
                missed.events.push_back(std::move(each));
            }
        }
    }
    return missed;
}

const char* CatchUp::find_obstacle(const EventHistory& history, const Request& request) const {
    const auto seen_at = history.find(request.readers, request.last_event_id);
    if (!seen_at) {
        return "unknown_event";
    }
    if (const auto too_late = feed_.last_too_late(); too_late && *seen_at <= *too_late) {
        return "late";
    }
    const int missed = history.count_after(request.readers, request.last_event_id, kMostMissed + 1);
    return missed > kMostMissed ? "too_many" : nullptr;
}

void CatchUp::answer(std::uint64_t id, Missed missed) {
    const auto found = lines_.find(id);
    if (found == lines_.end()) {
        return;
    }
    Line& line = found->second;
    Socket* socket = server_.find(line.socket_id);
    if (socket == nullptr) {
        erase(found);
        return;
    }
    line.is_answered = true;
    if (std::exchange(line.is_let_in, false)) {
        // What is told from now on comes behind what was missed. It may have come already: what was
        // noted before the socket left the room may have been told there or not.
        socket->leave(line.request.room);
    }
    line.missed = std::move(missed.events);
    replayed_ += line.missed.size();
    if (missed.resync != nullptr) {
        resync(*socket, line, missed.resync);
    }
    go_on(id);
}

void CatchUp::go_on(std::uint64_t id) {
    const auto found = lines_.find(id);
    Socket* socket = found == lines_.end() ? nullptr : server_.find(found->second.socket_id);
    if (socket == nullptr) {
        return;
    }
    Line& line = found->second;
    if (std::exchange(line.has_overflowed, false)) {
        resync(*socket, line, "too_many");
    }
    std::size_t bytes = 0;
    for (std::size_t told = 0; told < kToldAtOnce && bytes < kBytesToldAtOnce; ++told) {
        auto& next = line.missed.empty() ? line.meanwhile : line.missed;
        if (next.empty()) {
            const Request request = std::move(line.request);
            erase(found);
            socket->join(request.room);
            request.done(*socket);
            return;
        }
        socket->emit(next.front().event, next.front().payload);
        bytes += next.front().payload.size();
        next.pop_front();
    }
    socket->when_drained([this, socket_id = line.socket_id] { go_on_with_all(socket_id); });
}

void CatchUp::go_on_with_all(const std::string& socket_id) {
    std::vector<std::uint64_t> ids;  // first: going on erases lines
    for (const auto& [id, line] : lines_) {
        if (line.is_answered && line.socket_id == socket_id) {
            ids.push_back(id);
        }
    }
    for (const std::uint64_t id : ids) {
        go_on(id);
    }
}

void CatchUp::resync(Socket& socket, const Line& line, const char* reason) {
    ++resyncs_;
    socket.emit(
        "resync", json::serialize(json::object{{"type", line.request.type}, {"reason", reason}})
    );
}

void CatchUp::erase(Lines::iterator line) {
    lines_.erase(line);
    count_ = lines_.size();
}

}  // namespace shop
