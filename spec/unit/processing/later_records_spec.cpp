// What both cores do about records that may not be handed out yet (delay, rate_limit).
#include <gtest/gtest.h>

#include "processing/lane_core.h"
#include "unit/processing/core_driver.h"

namespace carafe::processing {
namespace {

using namespace std::chrono_literals;

class LaterRecords : public ::testing::Test {
protected:
    LaterRecords() {
        (void)core.next(now);
        core.claimed(false);
    }

    PartitionCore core{policy()};
    PartitionCore::Time now{100s};
};

TEST_F(LaterRecords, what_is_in_hand_is_delivered_before_the_rest_is_waited_for) {
    ASSERT_TRUE(std::holds_alternative<PartitionCore::Drain>(core.next(now)));
    core.drained(3, {}, now, now + 5s);
    const auto command = core.next(now);
    ASSERT_TRUE(std::holds_alternative<PartitionCore::Deliver>(command));
    EXPECT_EQ(std::get<PartitionCore::Deliver>(command).end, 3U);
    core.succeeded({}, now);
    const auto wait = core.next(now);
    ASSERT_TRUE(std::holds_alternative<PartitionCore::Wait>(wait));
    EXPECT_EQ(std::get<PartitionCore::Wait>(wait).until, now + 5s);
    EXPECT_TRUE(std::holds_alternative<PartitionCore::Drain>(core.next(now + 5s)));
}

TEST_F(LaterRecords, a_batch_is_not_kept_open_for_them) {
    PartitionCore::Policy slow = policy();
    slow.max_wait = 50ms;
    PartitionCore patient(slow);
    (void)patient.next(now);
    patient.claimed(false);
    (void)patient.next(now);
    patient.drained(3, {}, now, now + 5ms);
    EXPECT_TRUE(std::holds_alternative<PartitionCore::Deliver>(patient.next(now)));
}

TEST_F(LaterRecords, nothing_is_drained_meanwhile_and_a_release_does_not_wait) {
    (void)core.next(now);
    core.drained(0, {}, now, now + 5s);
    EXPECT_TRUE(std::holds_alternative<PartitionCore::Wait>(core.next(now + 4s)));
    core.hold(true);
    EXPECT_TRUE(std::holds_alternative<PartitionCore::Idle>(core.next(now + 6s)));
    core.hold(false);
    EXPECT_TRUE(std::holds_alternative<PartitionCore::Drain>(core.next(now + 6s)));
    core.drained(0, {}, now + 6s, now + 10s);
    core.release();
    EXPECT_TRUE(std::holds_alternative<PartitionCore::Finished>(core.next(now + 6s)));
}

TEST_F(LaterRecords, are_taken_into_lanes_at_their_time) {
    LaneCore::Policy lanes;
    lanes.lanes = 2;
    LaneCore core_of_lanes(lanes, 0);
    (void)core_of_lanes.next(now);
    core_of_lanes.loaded();
    ASSERT_TRUE(std::holds_alternative<LaneCore::Drain>(core_of_lanes.next(now)));
    const std::vector<KeyQueues::Arrival> one{{0, 7}};
    core_of_lanes.arrived(one, {}, 1, now + 5s);
    core_of_lanes.readable();  // more has arrived
    const auto deliver = core_of_lanes.next(now);
    ASSERT_TRUE(std::holds_alternative<LaneCore::Deliver>(deliver));
    core_of_lanes.succeeded(std::get<LaneCore::Deliver>(deliver).call, {}, 1ms, now);
    const auto wait = core_of_lanes.next(now);
    ASSERT_TRUE(std::holds_alternative<LaneCore::Wait>(wait));
    EXPECT_EQ(std::get<LaneCore::Wait>(wait).until, now + 5s);
    EXPECT_EQ(core_of_lanes.position(), 1);
    EXPECT_TRUE(std::holds_alternative<LaneCore::Drain>(core_of_lanes.next(now + 5s)));
}

}  // namespace
}  // namespace carafe::processing
