#include <gtest/gtest.h>

#include <string>

#include "processing/lane_core.h"
#include "processing/unfinished_map.h"

namespace carafe::processing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

LaneCore::Policy policy() {
    LaneCore::Policy policy;
    policy.lanes = 3;
    policy.max_messages = 8;
    policy.retry.attempts = 3;
    policy.retry.backoff_min = milliseconds(100);
    policy.retry.backoff_max = milliseconds(300);
    policy.retry.has_dead_letter_topic = true;
    return policy;
}

// A core that has records; offsets from 0 on, each with the key of its letter ('-': none).
class Lanes {
public:
    explicit Lanes(const std::string& keys, const LaneCore::Policy& with = policy())
        : core(with, 0) {
        EXPECT_TRUE(std::holds_alternative<LaneCore::Load>(core.next(now)));
        core.loaded();
        arrive(keys);
    }

    void arrive(const std::string& keys, std::vector<Mark> marks = {}) {
        const auto command = core.next(now);
        ASSERT_TRUE(std::holds_alternative<LaneCore::Drain>(command));
        std::vector<KeyQueues::Arrival> arrivals;
        for (const char key : keys) {
            arrivals.push_back(
                {offset_++,
                 key == '-' ? std::nullopt
                            : std::optional<std::uint64_t>(static_cast<unsigned>(key))}
            );
        }
        core.arrived(arrivals, marks, offset_);
    }

    // "3+4": the offsets that the next call takes; "" when there is none.
    std::string start() {
        const auto command = core.next(now);
        if (const auto* deliver = std::get_if<LaneCore::Deliver>(&command)) {
            last = deliver->call;
            attempt = deliver->attempt;
            return offsets(deliver->call);
        }
        if (const auto* give_up = std::get_if<LaneCore::GiveUp>(&command)) {
            last = give_up->call;
            return "dlq " + offsets(give_up->call) + " after " + std::to_string(give_up->attempts);
        }
        if (const auto* write = std::get_if<LaneCore::WriteAttempt>(&command)) {
            last = write->call;
            return "write " + std::to_string(write->attempt) + " of " + offsets(write->call);
        }
        if (const auto* wait = std::get_if<LaneCore::Wait>(&command)) {
            return "wait " + std::to_string((wait->until - now) / milliseconds(1));
        }
        return "";
    }
    void succeed(LaneCore::Call call, std::vector<Culprit> failed = {}) {
        core.succeeded(call, failed, took, now);
    }
    void fail(LaneCore::Call call, FailureKind kind = FailureKind::kPermanent) {
        Failure failure;
        failure.kind = kind;
        core.failed(call, failure, {}, now);
    }

    LaneCore core;
    LaneCore::Time now = LaneCore::Time{} + seconds(1'000);
    LaneCore::Call last = 0;
    int attempt = 0;
    LaneCore::Duration took = milliseconds(5);

private:
    std::string offsets(LaneCore::Call call) {
        std::string text;
        for (const auto slot : core.records(call)) {
            text += (text.empty() ? "" : "+") + std::to_string(core.queues().offset(slot));
        }
        return text;
    }

    std::int64_t offset_ = 0;
};

TEST(LaneCore, works_on_different_keys_at_once_and_on_each_in_its_order) {
    Lanes lanes("aabc");
    EXPECT_EQ(lanes.start(), "0");
    const auto first = lanes.last;
    EXPECT_EQ(lanes.start(), "2");
    const auto second = lanes.last;
    EXPECT_EQ(lanes.start(), "3");
    EXPECT_EQ(lanes.start(), "");
    lanes.succeed(second);
    EXPECT_EQ(lanes.start(), "");  // only the second of key a is left, and its first still runs
    lanes.succeed(first);
    EXPECT_EQ(lanes.start(), "1");
}

TEST(LaneCore, keeps_no_order_among_records_without_a_key) {
    Lanes lanes("--");
    EXPECT_EQ(lanes.start(), "0");
    EXPECT_EQ(lanes.start(), "1");
}

TEST(LaneCore, moves_its_position_to_the_first_record_that_is_not_done) {
    Lanes lanes("abc");
    lanes.start();
    const auto first = lanes.last;
    lanes.start();
    const auto second = lanes.last;
    lanes.start();
    lanes.succeed(second);
    EXPECT_EQ(lanes.core.position(), 0);
    lanes.succeed(first);
    EXPECT_EQ(lanes.core.position(), 2);
    lanes.succeed(lanes.last);
    EXPECT_EQ(lanes.core.position(), 3);
}

TEST(LaneCore, takes_more_records_in_a_call_while_the_handler_is_quick) {
    Lanes lanes("abcdefgh-------------");
    lanes.took = std::chrono::nanoseconds(100);
    EXPECT_EQ(lanes.start(), "0");
    lanes.succeed(lanes.last);
    EXPECT_EQ(lanes.start(), "1+2+3+4+5+6+7+8");
    lanes.took = milliseconds(80);
    lanes.succeed(lanes.last);
    EXPECT_EQ(lanes.start(), "9");
}

TEST(LaneCore, takes_the_followers_of_a_key_into_the_same_call) {
    Lanes lanes("xaabb");
    lanes.took = std::chrono::nanoseconds(100);
    EXPECT_EQ(lanes.start(), "0");
    lanes.succeed(lanes.last);
    EXPECT_EQ(lanes.start(), "1+2+3+4");
    lanes.succeed(lanes.last);
    EXPECT_EQ(lanes.core.position(), 5);
}

TEST(LaneCore, tries_each_record_of_a_failed_call_alone_so_that_only_the_culprit_pays) {
    Lanes lanes("xabc");
    lanes.took = std::chrono::nanoseconds(100);
    lanes.start();
    lanes.succeed(lanes.last);
    EXPECT_EQ(lanes.start(), "1+2+3");
    lanes.fail(lanes.last);
    EXPECT_EQ(lanes.start(), "1");
    EXPECT_EQ(lanes.attempt, 2);
    const auto culprit = lanes.last;
    EXPECT_EQ(lanes.start(), "2");
    lanes.succeed(lanes.last);
    EXPECT_EQ(lanes.start(), "3");
    lanes.succeed(lanes.last);
    lanes.fail(culprit);
    EXPECT_EQ(lanes.start(), "wait 200");
    lanes.now += milliseconds(200);
    EXPECT_EQ(lanes.start(), "1");
    lanes.fail(lanes.last);
    EXPECT_EQ(lanes.start(), "dlq 1 after 3");
    lanes.succeed(lanes.last);
    EXPECT_EQ(lanes.core.position(), 4);
}

TEST(LaneCore, lets_only_the_followers_of_a_failing_key_wait) {
    Lanes lanes("aab");
    EXPECT_EQ(lanes.start(), "0");
    lanes.fail(lanes.last);
    EXPECT_EQ(lanes.start(), "2");
    lanes.succeed(lanes.last);
    EXPECT_EQ(lanes.start(), "wait 100");
    lanes.now += milliseconds(100);
    EXPECT_EQ(lanes.start(), "0");
    EXPECT_EQ(lanes.attempt, 2);
    EXPECT_EQ(lanes.start(), "");
    lanes.succeed(lanes.last);
    EXPECT_EQ(lanes.start(), "1");
}

TEST(LaneCore, writes_an_attempt_down_before_it_runs) {
    auto durable = policy();
    durable.retry.writes_attempts = true;
    Lanes lanes("a", durable);
    lanes.start();
    lanes.fail(lanes.last);
    lanes.now += milliseconds(100);
    EXPECT_EQ(lanes.start(), "write 2 of 0");
    lanes.core.attempt_written(lanes.last);
    EXPECT_EQ(lanes.start(), "0");
    EXPECT_EQ(lanes.attempt, 2);
}

TEST(LaneCore, counts_no_attempt_in_an_outage_and_lets_the_whole_partition_wait) {
    Lanes lanes("ab");
    lanes.start();
    lanes.fail(lanes.last, FailureKind::kSystemic);
    EXPECT_TRUE(lanes.core.degraded());
    EXPECT_EQ(lanes.start(), "wait 100");
    lanes.now += milliseconds(100);
    EXPECT_EQ(lanes.start(), "0");
    EXPECT_EQ(lanes.attempt, 1);
    lanes.succeed(lanes.last);
    EXPECT_FALSE(lanes.core.degraded());
}

TEST(LaneCore, tries_a_record_that_the_handler_marked_alone_and_keeps_the_others_done) {
    Lanes lanes("xabc");
    lanes.took = std::chrono::nanoseconds(100);
    lanes.start();
    lanes.succeed(lanes.last);
    EXPECT_EQ(lanes.start(), "1+2+3");
    lanes.succeed(lanes.last, {{1, {}}});
    EXPECT_EQ(lanes.core.position(), 2);
    EXPECT_EQ(lanes.core.queues().size(), 1);
    EXPECT_EQ(lanes.start(), "wait 100");
    lanes.now += milliseconds(100);
    EXPECT_EQ(lanes.start(), "2");
    EXPECT_EQ(lanes.attempt, 2);
}

TEST(LaneCore, runs_a_suspect_alone_and_gives_up_what_has_killed_too_often) {
    Lanes lanes("x");
    lanes.took = std::chrono::nanoseconds(100);
    lanes.start();
    lanes.succeed(lanes.last);
    lanes.core.readable();
    Mark suspect;
    suspect.index = 1;
    Mark killer;
    killer.index = 2;
    killer.deaths = 3;
    lanes.arrive("abcd", {suspect, killer});
    EXPECT_EQ(lanes.start(), "1");
    EXPECT_EQ(lanes.start(), "2");
    EXPECT_EQ(lanes.start(), "dlq 3 after 3");
}

TEST(LaneCore, finishes_what_is_under_way_and_starts_nothing_when_released) {
    Lanes lanes("ab");
    lanes.start();
    lanes.core.release();
    EXPECT_TRUE(std::holds_alternative<LaneCore::Idle>(lanes.core.next(lanes.now)));
    lanes.succeed(lanes.last);
    EXPECT_TRUE(std::holds_alternative<LaneCore::Finished>(lanes.core.next(lanes.now)));
    EXPECT_EQ(lanes.core.position(), 1);
}

TEST(LaneCore, takes_nothing_in_while_held_or_without_room_and_goes_on_after) {
    Lanes lanes("a");
    lanes.core.readable();
    lanes.core.hold(true);
    EXPECT_EQ(lanes.start(), "0");
    lanes.core.hold(false);
    lanes.core.has_room(0);
    EXPECT_EQ(lanes.start(), "");
    lanes.core.has_room(1);
    lanes.arrive("b");
}

TEST(LaneCore, drains_no_more_than_there_is_room_for_and_one_record_when_it_has_none) {
    Lanes lanes("a");
    lanes.core.readable();
    lanes.core.has_room(7);
    auto command = lanes.core.next(lanes.now);
    ASSERT_TRUE(std::holds_alternative<LaneCore::Drain>(command));
    EXPECT_EQ(std::get<LaneCore::Drain>(command).max, 7U);

    Lanes empty("");
    empty.core.readable();
    empty.core.has_room(0);
    command = empty.core.next(empty.now);
    ASSERT_TRUE(std::holds_alternative<LaneCore::Drain>(command));
    EXPECT_EQ(std::get<LaneCore::Drain>(command).max, 1U);
}

TEST(LaneCore, stops_taking_in_before_its_map_outgrows_the_commit) {
    auto one_lane = policy();
    one_lane.lanes = 1;
    Lanes lanes(std::string(1, 'a'), one_lane);
    lanes.start();
    std::size_t taken = 1;
    while (true) {
        lanes.core.readable();
        const auto command = lanes.core.next(lanes.now);
        const auto* drain = std::get_if<LaneCore::Drain>(&command);
        if (drain == nullptr) {
            break;
        }
        std::vector<KeyQueues::Arrival> arrivals;
        for (std::size_t count = 0; count < drain->max; ++count) {
            arrivals.push_back({static_cast<std::int64_t>(taken + count), 1});
        }
        taken += drain->max;
        lanes.core.arrived(arrivals, {}, static_cast<std::int64_t>(taken));
    }
    EXPECT_GT(taken, 1'000);
    EXPECT_LE(lanes.core.queues().map_bytes(), kUnfinishedBytesMax);
}

}  // namespace
}  // namespace carafe::processing
