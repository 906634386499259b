// What both cores do about what a consumer asks for: pause, seek, mark_as_consumed.
#include <gtest/gtest.h>

#include "processing/lane_core.h"
#include "unit/processing/core_driver.h"

namespace carafe::processing {
namespace {

using namespace std::chrono_literals;

Failure permanent() {
    Failure failure;
    failure.kind = FailureKind::kPermanent;
    return failure;
}

class Steered : public ::testing::Test {
protected:
    // Eight records in hand, in one call.
    Steered() {
        (void)core.next(now);
        core.claimed(false);
        (void)core.next(now);
        core.drained(8, {}, now);
        (void)core.next(now);
    }
    std::string next() {
        const auto command = core.next(now);
        if (const auto* deliver = std::get_if<PartitionCore::Deliver>(&command)) {
            return std::to_string(deliver->begin) + ".." + std::to_string(deliver->end) + " #" +
                   std::to_string(deliver->attempt);
        }
        if (const auto* wait = std::get_if<PartitionCore::Wait>(&command)) {
            return "wait " + std::to_string((wait->until - now) / 1ms);
        }
        if (const auto* given_up = std::get_if<PartitionCore::GiveUp>(&command)) {
            return "dlq " + std::to_string(given_up->index);
        }
        return std::holds_alternative<PartitionCore::Drain>(command)      ? "drain"
               : std::holds_alternative<PartitionCore::Claim>(command)    ? "claim"
               : std::holds_alternative<PartitionCore::Finished>(command) ? "finished"
                                                                          : "other";
    }

    PartitionCore core{policy()};
    PartitionCore::Time now{100s};
};

TEST_F(Steered, a_pause_holds_back_what_is_in_hand_and_what_is_not) {
    core.failed(permanent(), {}, now);
    core.pause(now + 5s);
    EXPECT_EQ(next(), "wait 5000");
    now += 5s;
    EXPECT_EQ(next(), "0..4 #2");
    core.succeeded({}, now);
    (void)next();
    core.pause(now + 1s);
    core.succeeded({}, now);
    EXPECT_EQ(next(), "wait 1000");
    now += 1s;
    EXPECT_EQ(next(), "drain");
}

TEST_F(Steered, a_pause_ends_when_it_is_resumed_and_never_delays_a_release) {
    core.pause(now + 1h);
    core.failed(permanent(), {}, now);
    ASSERT_EQ(next(), "wait 3600000");
    core.resume();
    EXPECT_EQ(next(), "0..4 #2");
    core.pause(now + 1h);
    core.release();
    EXPECT_EQ(next(), "finished");
}

TEST_F(Steered, what_was_consumed_before_a_failure_is_done_and_the_rest_tried_again) {
    EXPECT_TRUE(core.consumed(5));
    EXPECT_EQ(core.done_prefix(), 5U);
    core.failed(permanent(), {}, now);
    EXPECT_EQ(next(), "5..6 #2");
}

TEST_F(Steered, who_alone_was_not_consumed_is_the_culprit) {
    for (int attempt = 1; attempt <= 3; ++attempt) {
        EXPECT_TRUE(core.consumed(7));
        core.failed(permanent(), {}, now);
        now += 1s;
    }
    EXPECT_EQ(next(), "dlq 7");
}

TEST_F(Steered, a_call_of_which_all_was_consumed_cannot_fail) {
    EXPECT_FALSE(core.consumed(8));
    EXPECT_TRUE(core.chunk_done());
    EXPECT_EQ(core.done_prefix(), 8U);
    EXPECT_EQ(next(), "drain");
}

TEST_F(Steered, a_culprit_is_named_by_its_place_among_all) {
    ASSERT_TRUE(core.consumed(2));
    const Culprit culprit{4, permanent()};
    core.failed(permanent(), {&culprit, 1}, now);
    EXPECT_EQ(next(), "2..4 #2");
    core.succeeded({}, now);
    EXPECT_EQ(next(), "wait 100");
    now += 100ms;
    EXPECT_EQ(next(), "4..5 #2");
}

TEST_F(Steered, after_a_seek_nothing_of_what_was_in_hand_is_handed_out) {
    core.failed(permanent(), {}, now);
    ASSERT_EQ(next(), "0..4 #2");
    core.succeeded({}, now);
    core.sought();
    EXPECT_EQ(next(), "claim");
    core.claimed(false);
    EXPECT_EQ(next(), "drain");
}

TEST(SteeredLot, a_record_that_was_parked_is_not_parked_again_when_it_is_read_again) {
    RetryPolicy parking = policy().retry;
    parking.parks = true;
    ParkingLot lot(parking);
    lot.add({{7, 1}, {}});
    lot.add({{7, 1}, {}});
    lot.succeeded();
    EXPECT_TRUE(lot.empty());
}

class SteeredLanes : public ::testing::Test {
protected:
    SteeredLanes() {
        (void)core.next(now);
        core.loaded();
        (void)core.next(now);
        // Quick records, so that a call takes several.
        arrive(1);
        (void)std::get<LaneCore::Deliver>(core.next(now));
        core.succeeded(0, {}, 1us, now);
        core.readable();
        (void)std::get<LaneCore::Drain>(core.next(now));
        arrive(4);
    }
    void arrive(std::int64_t count) {
        std::vector<KeyQueues::Arrival> arrivals;
        for (; count > 0; --count) {
            arrivals.push_back({end, static_cast<std::uint64_t>(end)});
            ++end;
        }
        core.arrived(arrivals, {}, end);
    }
    static LaneCore::Policy one_lane() {
        LaneCore::Policy made;
        made.lanes = 1;
        made.retry = policy().retry;
        return made;
    }

    std::int64_t end = 0;
    LaneCore core{one_lane(), 0};
    LaneCore::Time now{100s};
};

TEST_F(SteeredLanes, a_pause_is_the_partitions) {
    core.pause(now + 5s);
    EXPECT_FALSE(core.needs_help(now));
    const auto wait = core.next(now);
    ASSERT_TRUE(std::holds_alternative<LaneCore::Wait>(wait));
    EXPECT_EQ(std::get<LaneCore::Wait>(wait).until, now + 5s);
    EXPECT_TRUE(std::holds_alternative<LaneCore::Deliver>(core.next(now + 5s)));
}

TEST_F(SteeredLanes, what_was_consumed_before_a_failure_is_done_and_the_rest_runs_alone) {
    const auto call = std::get<LaneCore::Deliver>(core.next(now)).call;
    ASSERT_EQ(core.records(call).size(), 4U);
    core.failed(call, permanent(), {}, now, 2);
    EXPECT_EQ(core.released().size(), 2U);
    EXPECT_EQ(core.position(), 3);
    const auto again = std::get<LaneCore::Deliver>(core.next(now)).call;
    ASSERT_EQ(core.records(again).size(), 1U);
    EXPECT_EQ(core.queues().offset(core.records(again).front()), 3);
}

TEST_F(SteeredLanes, a_call_of_which_all_was_consumed_leaves_nothing) {
    const auto call = std::get<LaneCore::Deliver>(core.next(now)).call;
    core.failed(call, permanent(), {}, now, 4);
    EXPECT_TRUE(core.queues().empty());
    EXPECT_EQ(core.position(), 5);
}

}  // namespace
}  // namespace carafe::processing
