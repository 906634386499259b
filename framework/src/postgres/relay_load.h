#pragma once

#include <chrono>
#include <cstdint>

namespace carafe::postgres {

// What relays know of each other when they divide the shards; smoothed, as no burst is a reason to
// move them.
struct RelayFigures {
    double busy = 0;    // share of the time in which more rows waited than it could take: 0 to 1
    double writes = 0;  // transactions of its own process that wrote rows, per second
};

// Measures that of one relay. Used by its thread only.
class RelayLoad {
public:
    using Clock = std::chrono::steady_clock;

    explicit RelayLoad(Clock::time_point now = Clock::now()) : measured_at_(now), looked_at_(now) {}

    void wrote(std::uint64_t transactions) { writes_ += transactions; }
    // A look at the outbox is over; `full`: rows may be left that there is no room for.
    void looked(Clock::time_point now, bool full);
    // Full of what nobody takes is not busy: another relay could do no more.
    void acknowledged() { acknowledged_ = true; }
    // The figures up to now.
    RelayFigures measure(Clock::time_point now);

private:
    RelayFigures figures_;
    Clock::time_point measured_at_;
    Clock::time_point looked_at_;
    Clock::duration full_for_{};
    std::uint64_t writes_ = 0;
    bool full_ = false;
    bool acknowledged_ = false;
};

}  // namespace carafe::postgres
