#include <gmock/gmock.h>

#include "postgres/relay_load.h"

using namespace carafe::postgres;
using namespace std::chrono_literals;
using ::testing::DoubleNear;

namespace {

using Clock = RelayLoad::Clock;

// By a clock of its own, measured every half second, as a relay renews its leases.
class RelayLoadSpec : public ::testing::Test {
protected:
    RelayFigures run(Clock::duration time, bool full, std::uint64_t writes_a_second = 0) {
        RelayFigures figures;
        for (const auto end = now_ + time; now_ < end;) {
            load_.acknowledged();
            load_.looked(now_, full);
            load_.wrote(writes_a_second / 2);
            now_ += 500ms;
            figures = load_.measure(now_);
        }
        return figures;
    }

    Clock::time_point now_{};
    RelayLoad load_{now_};
};

TEST_F(RelayLoadSpec, a_relay_that_has_room_is_not_busy) {
    EXPECT_EQ(run(1min, false).busy, 0);
}

TEST_F(RelayLoadSpec, a_relay_that_is_full_is_busy_within_seconds) {
    EXPECT_LT(run(500ms, true).busy, 0.25);
    EXPECT_GT(run(2s, true).busy, 0.6);
    EXPECT_THAT(run(20s, true).busy, DoubleNear(1, 0.01));
}

TEST_F(RelayLoadSpec, it_stays_busy_for_a_minute_so_that_shards_do_not_move_all_the_time) {
    run(1min, true);
    EXPECT_GT(run(30s, false).busy, 0.3);
    EXPECT_LT(run(90s, false).busy, 0.05);
}

TEST_F(RelayLoadSpec, counts_the_time_between_looks_of_which_the_first_left_rows) {
    load_.acknowledged();
    load_.looked(now_, true);
    load_.looked(now_ + 30s, false);
    EXPECT_THAT(load_.measure(now_ + 60s).busy, DoubleNear(0.5, 0.01));
}

TEST_F(RelayLoadSpec, full_of_what_nobody_takes_is_not_busy) {
    load_.looked(now_, true);
    EXPECT_EQ(load_.measure(now_ + 10s).busy, 0);
}

TEST_F(RelayLoadSpec, counts_the_writes_of_its_process_per_second) {
    EXPECT_THAT(run(10min, false, 500).writes, DoubleNear(500, 1));
    EXPECT_THAT(run(10min, false, 0).writes, DoubleNear(0, 1));
}

TEST_F(RelayLoadSpec, a_pause_in_writing_is_not_the_end_of_it) {
    run(10min, false, 40);
    EXPECT_GT(run(20s, false, 0).writes, 25);
}

TEST_F(RelayLoadSpec, may_be_asked_twice_at_the_same_time) {
    const double busy = run(10s, true).busy;
    EXPECT_EQ(load_.measure(now_).busy, busy);
}

}  // namespace
