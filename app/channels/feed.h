#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

#include "app/events/happening.h"

namespace shop {

// Where events come together that may reach this process twice, from Kafka and from PostgreSQL:
// each is told once, in the order of its first arrival. Remembers the last 262,144 of them. Also
// knows how late they came, which is what a replay must allow for. Thread-safe.
class Feed {
public:
    using Tell = std::function<void(const Happening&)>;
    using Time = std::chrono::system_clock::time_point;

    // `tell` is called under the feed's lock, so that no two events overtake each other.
    explicit Feed(Tell tell) : tell_(std::move(tell)) {}

    // Later than this the transport counts as having failed: who missed something has to load it.
    static constexpr std::chrono::seconds kTooLate{60};

    void offer(const Happening& happening, Time now = std::chrono::system_clock::now());

    // The longest way of an event told within the last two minutes.
    [[nodiscard]] std::chrono::milliseconds lateness(Time now = std::chrono::system_clock::now())
        const;
    // When an event was told more than kTooLate after it happened, for the last time.
    [[nodiscard]] std::optional<Time> last_too_late() const;

    struct Counts {
        std::uint64_t told = 0;
        std::uint64_t repeated = 0;
    };
    [[nodiscard]] Counts counts() const;

private:
    using Id = std::array<std::uint64_t, 2>;
    struct Hash {
        std::size_t operator()(const Id& id) const { return id[0] ^ (id[1] * 0x9E3779B97F4A7C15U); }
    };
    struct Late {
        Time told_at;
        std::chrono::milliseconds by;
    };

    bool is_new(const std::string& event_id);
    void note_lateness(const Happening& happening, Time now);

    const Tell tell_;
    mutable std::mutex mutex_;
    std::unordered_set<Id, Hash> seen_;
    std::deque<Id> order_;
    std::deque<Late> late_;  // latest last, each later than the ones behind it
    std::optional<Time> last_too_late_;
    Counts counts_;
};

}  // namespace shop
