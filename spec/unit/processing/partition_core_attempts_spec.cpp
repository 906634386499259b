#include <gtest/gtest.h>

#include "unit/processing/core_driver.h"

namespace carafe::processing {
namespace {

using std::chrono::milliseconds;

TEST(PartitionCore, writes_an_attempt_down_before_it_runs) {
    PartitionCore::Policy durable = policy();
    durable.retry.writes_attempts = true;
    CoreDriver driver(durable);
    driver.poisoned = {0};
    driver.run(1);
    EXPECT_EQ(
        driver.trace,
        (Trace{
            "claim",
            "0..1 fails",
            "wait 100ms",
            "write attempt 2 of 0",
            "0..1 fails",
            "wait 200ms",
            "write attempt 3 of 0",
            "0..1 fails",
            "dlq 0 after 3",
            "idle"})
    );
}

TEST(PartitionCore, goes_on_with_the_attempts_that_are_known) {
    PartitionCore::Policy durable = policy();
    durable.retry.writes_attempts = true;
    CoreDriver driver(durable);
    driver.poisoned = {1};
    driver.marks = {{1, 2, 0, {}}};
    driver.run(3);
    EXPECT_EQ(
        driver.trace,
        (Trace{
            "claim", "0..1", "write attempt 3 of 1", "1..2 fails", "dlq 1 after 3", "2..3", "idle"})
    );
}

TEST(PartitionCore, takes_many_records_at_once_and_hands_them_out_in_calls_of_the_batch_size) {
    PartitionCore::Policy single = policy();
    single.max_messages = 2;
    CoreDriver driver(single);
    driver.run(7);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..2", "2..4", "4..6", "6..7", "idle"}));
}

TEST(PartitionCore, runs_suspects_alone) {
    CoreDriver driver(policy());
    driver.marks = {{1, 0, 0, {}}, {2, 0, 2, {}}};
    driver.run(4);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..1", "1..2", "2..3", "3..4", "idle"}));
}

TEST(PartitionCore, gives_up_a_record_that_killed_the_process_three_times) {
    CoreDriver driver(policy());
    driver.marks = {{1, 0, 3, {}}};
    driver.run(3);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..1", "dlq 1 after 3", "2..3", "idle"}));
}

TEST(PartitionCore, tries_alone_what_the_handler_of_a_batch_marked_and_keeps_the_others_done) {
    CoreDriver driver(policy());
    driver.marked_by_handler = {1};
    driver.run(3);
    EXPECT_EQ(
        driver.trace,
        (Trace{"claim", "0..3", "wait 100ms", "1..2", "wait 200ms", "1..2", "dlq 1 after 3", "idle"}
        )
    );
}

TEST(PartitionCore, moves_the_position_no_further_than_a_marked_record) {
    PartitionCore core(policy());
    ASSERT_TRUE(std::holds_alternative<PartitionCore::Claim>(core.next({})));
    core.claimed(false);
    ASSERT_TRUE(std::holds_alternative<PartitionCore::Drain>(core.next({})));
    core.drained(5, {}, {});
    ASSERT_TRUE(std::holds_alternative<PartitionCore::Deliver>(core.next({})));
    const std::vector<Culprit> failed{{3, {}}};
    core.succeeded(failed, {});
    EXPECT_EQ(core.done_prefix(), 3U);
}

TEST(PartitionCore, blames_a_record_for_a_conflict_that_never_ends_while_others_get_on) {
    PartitionCore::Policy contended = policy();
    contended.retry.contention_tries = 3;
    contended.retry.contention_time = milliseconds(500);
    contended.retry.attempts = 1;
    CoreDriver driver(contended);
    driver.poisoned = {0};
    driver.kind = FailureKind::kContention;
    driver.others_progress = true;
    driver.run(1);
    EXPECT_EQ(
        driver.trace,
        (Trace{
            "claim",
            "0..1 fails",
            "wait 100ms",
            "0..1 fails",
            "wait 200ms",
            "0..1 fails",
            "wait 300ms",
            "0..1 fails",
            "dlq 0 after 1",
            "idle"})
    );
}

TEST(PartitionCore, blames_nobody_for_a_conflict_while_nothing_gets_on) {
    PartitionCore::Policy contended = policy();
    contended.retry.contention_tries = 3;
    contended.retry.contention_time = milliseconds(500);
    contended.retry.attempts = 1;
    CoreDriver driver(contended);
    driver.poisoned = {0};
    driver.kind = FailureKind::kContention;
    driver.run(1, 40);
    EXPECT_EQ(driver.trace.back(), "limit");
    EXPECT_EQ(std::count(driver.trace.begin(), driver.trace.end(), "dlq 0 after 1"), 0);
}

TEST(PartitionCore, takes_nothing_new_while_it_is_held_and_finishes_what_it_has) {
    CoreDriver driver(policy());
    driver.run(0);
    driver.trace.clear();
    driver.core.hold(true);
    driver.run(3);
    EXPECT_EQ(driver.trace, (Trace{"idle"}));
    driver.trace.clear();
    driver.core.hold(false);
    driver.run(3);
    EXPECT_EQ(driver.trace, (Trace{"0..3", "idle"}));
}

}  // namespace
}  // namespace carafe::processing
