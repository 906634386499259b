#include <gtest/gtest.h>

#include "processing/history.h"
#include "processing/parking_lot.h"

namespace carafe::processing {
namespace {

using namespace std::chrono_literals;

RetryPolicy retry_policy() {
    RetryPolicy made;
    made.attempts = 3;
    made.backoff_min = 100ms;
    made.has_dead_letter_topic = true;
    made.writes_attempts = true;
    made.parks = true;
    made.parked_max = 4;
    return made;
}

ParkingLot::Parked parked(std::int64_t offset, KeyTag key, CoreTime not_before = {}) {
    ParkingLot::Parked one{{offset, key}, {}};
    one.trial.not_before = not_before;
    return one;
}

class ParkingLotSpec : public ::testing::Test {
protected:
    std::int64_t next_retry() { return std::get<ParkingLot::Retry>(lot.next()).offset; }

    ParkingLot lot{retry_policy()};
    CoreTime now{};
};

TEST_F(ParkingLotSpec, gives_the_first_record_of_the_key_that_is_due_first) {
    lot.add(parked(1, 7, now + 2s));
    lot.add(parked(2, 7));
    lot.add(parked(3, 8, now + 1s));
    EXPECT_EQ(lot.due(), now + 1s) << "2 waits behind 1, whatever its own time";
    EXPECT_EQ(next_retry(), 3);
    lot.succeeded();
    EXPECT_FALSE(lot.holds(8));
    EXPECT_EQ(next_retry(), 1);
    lot.succeeded();
    EXPECT_TRUE(lot.holds(7));
    EXPECT_EQ(lot.due(), CoreTime{});
    EXPECT_EQ(next_retry(), 2);
    lot.succeeded();
    EXPECT_TRUE(lot.empty());
}

TEST_F(ParkingLotSpec, writes_an_attempt_before_it_runs_and_gives_up_after_the_last) {
    lot.add(parked(1, 7));
    EXPECT_EQ(std::get<ParkingLot::Retry>(lot.next()).attempt, 1);
    EXPECT_TRUE(lot.failed({}, now));
    EXPECT_EQ(lot.due(), now + 100ms);
    EXPECT_EQ(std::get<ParkingLot::WriteAttempt>(lot.next()).attempt, 2);
    lot.attempt_written();
    EXPECT_EQ(std::get<ParkingLot::Retry>(lot.next()).attempt, 2);
    lot.failed({}, now);
    lot.attempt_written();
    lot.failed({}, now);
    EXPECT_EQ(std::get<ParkingLot::GiveUp>(lot.next()).attempts, 3);
    EXPECT_LE(lot.due(), now) << "a dead letter waits for nothing";
}

TEST_F(ParkingLotSpec, counts_no_attempt_for_a_lock_conflict) {
    lot.add(parked(1, 7));
    Failure conflict;
    conflict.kind = FailureKind::kContention;
    EXPECT_FALSE(lot.failed(conflict, now));
    EXPECT_EQ(std::get<ParkingLot::Retry>(lot.next()).attempt, 1);
}

TEST_F(ParkingLotSpec, is_full_at_its_bound_and_knows_its_lowest_offset) {
    for (const std::int64_t offset : {5, 6, 7}) {
        lot.add(parked(offset, 1));
    }
    EXPECT_FALSE(lot.full());
    lot.add(parked(8, 2));
    EXPECT_TRUE(lot.full());
    EXPECT_EQ(lot.front(), 5);
    lot.fill({parked(9, 1)});
    EXPECT_EQ(lot.front(), 9);
}

TEST_F(ParkingLotSpec, takes_a_record_up_with_the_attempts_and_deaths_it_has_had) {
    History history;
    history.records.push_back({4, 2, 0, {}});
    history.suspects.push_back({6, 6});
    EXPECT_EQ(take_up({4, 1}, 1, history, retry_policy()).trial.attempts, 2);
    EXPECT_EQ(take_up({5, 1}, 1, history, retry_policy()).trial.attempts, 1);
    EXPECT_FALSE(take_up({5, 1}, 1, history, retry_policy()).trial.is_suspect);
    EXPECT_TRUE(take_up({6, 1}, 0, history, retry_policy()).trial.is_suspect);
    EXPECT_TRUE(take_up({4, 1}, 3, history, retry_policy()).trial.given_up);
}

}  // namespace
}  // namespace carafe::processing
