#include <gtest/gtest.h>

#include "unit/processing/core_driver.h"

namespace carafe::processing {
namespace {

using std::chrono::milliseconds;

TEST(PartitionCore, claims_drains_and_delivers_one_batch) {
    CoreDriver driver(policy());
    driver.run(5);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..5", "idle"}));
}

TEST(PartitionCore, delivers_full_batches_without_waiting) {
    PartitionCore::Policy slow = policy();
    slow.max_wait = milliseconds(50);
    CoreDriver driver(slow);
    driver.run(20);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..8", "0..8", "wait 50ms", "0..4", "idle"}));
}

TEST(PartitionCore, proves_its_membership_before_it_claims) {
    PartitionCore::Policy fenced = policy();
    fenced.proves_membership = true;
    CoreDriver driver(fenced);
    driver.run(1);
    EXPECT_EQ(driver.trace, (Trace{"prove", "claim", "0..1", "idle"}));
}

TEST(PartitionCore, finds_the_culprit_by_halves_so_that_only_it_pays) {
    CoreDriver driver(policy());
    driver.poisoned = {5};
    driver.run(8);
    EXPECT_EQ(
        driver.trace,
        (Trace{
            "claim",
            "0..8 fails",
            "0..4",
            "4..8 fails",
            "4..6 fails",
            "4..5",
            "5..6 fails",
            "wait 200ms",
            "5..6 fails",
            "dlq 5 after 3",
            "6..8",
            "idle"})
    );
}

TEST(PartitionCore, sets_a_named_culprit_apart_at_once) {
    CoreDriver driver(policy());
    driver.poisoned = {3};
    driver.names_culprit = true;
    driver.run(6);
    EXPECT_EQ(
        driver.trace,
        (Trace{
            "claim",
            "0..6 fails",
            "0..3",
            "wait 100ms",
            "3..4 fails",
            "wait 200ms",
            "3..4 fails",
            "dlq 3 after 3",
            "4..6",
            "idle"})
    );
}

TEST(PartitionCore, sends_an_undecodable_record_to_the_dead_letters_after_one_attempt) {
    CoreDriver driver(policy());
    driver.poisoned = {0};
    driver.names_culprit = true;
    driver.kind = FailureKind::kUndecodable;
    driver.run(2);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..2 fails", "dlq 0 after 1", "1..2", "idle"}));
}

TEST(PartitionCore, gives_up_a_named_culprit_without_another_call_when_attempts_is_one) {
    PartitionCore::Policy strict = policy();
    strict.retry.attempts = 1;
    CoreDriver driver(strict);
    driver.poisoned = {1};
    driver.names_culprit = true;
    driver.run(3);
    EXPECT_EQ(
        driver.trace, (Trace{"claim", "0..3 fails", "0..1", "dlq 1 after 1", "2..3", "idle"})
    );
}

TEST(PartitionCore, counts_no_attempt_in_an_outage_and_backs_off_to_the_cap) {
    CoreDriver driver(policy());
    driver.poisoned = {0};
    driver.kind = FailureKind::kSystemic;
    driver.run(1, 11);
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
            "wait 300ms",
            "0..1 fails",
            "limit"})
    );
    EXPECT_TRUE(driver.core.degraded());
    driver.poisoned.clear();
    driver.trace.clear();
    driver.run(0);
    EXPECT_EQ(driver.trace, (Trace{"wait 300ms", "0..1", "idle"}));
    EXPECT_FALSE(driver.core.degraded());
}

TEST(PartitionCore, halves_the_batch_on_contention) {
    CoreDriver driver(policy());
    driver.poisoned = {7};
    driver.kind = FailureKind::kContention;
    driver.run(8, 6);
    EXPECT_EQ(
        driver.trace, (Trace{"claim", "0..8 fails", "wait 100ms", "0..4", "4..8 fails", "limit"})
    );
}

TEST(PartitionCore, retries_for_ever_without_a_dead_letter_topic) {
    PartitionCore::Policy endless = policy();
    endless.retry.has_dead_letter_topic = false;
    CoreDriver driver(endless);
    driver.poisoned = {0};
    driver.run(1, 30);
    EXPECT_EQ(driver.trace.back(), "limit");
    EXPECT_EQ(std::count(driver.trace.begin(), driver.trace.end(), "0..1 fails"), 14);
}

TEST(PartitionCore, drops_everything_and_proves_itself_again_when_fenced) {
    PartitionCore::Policy fenced = policy();
    fenced.proves_membership = true;
    CoreDriver driver(fenced);
    driver.poisoned = {1};
    driver.kind = FailureKind::kFenced;
    driver.run(3, 5);
    EXPECT_EQ(driver.trace, (Trace{"prove", "claim", "0..3 fails", "discard", "limit"}));
    driver.trace.clear();
    driver.run(0);
    EXPECT_EQ(driver.trace, (Trace{"prove", "claim", "idle"}));
}

TEST(PartitionCore, does_nothing_more_after_it_is_released) {
    CoreDriver driver(policy());
    driver.poisoned = {0};
    driver.run(4, 3);
    driver.core.release();
    driver.trace.clear();
    driver.run(4);
    EXPECT_EQ(driver.trace, (Trace{"finished"}));
}

TEST(PartitionCore, stands_still_when_its_fetch_position_is_broken) {
    CoreDriver driver(policy());
    driver.run(0);
    driver.core.broken();
    driver.trace.clear();
    driver.run(3);
    EXPECT_EQ(driver.trace, (Trace{"idle"}));
    EXPECT_TRUE(driver.core.halted());
}

TEST(PartitionCore, waits_for_the_revocation_when_it_is_no_longer_a_member) {
    PartitionCore::Policy fenced = policy();
    fenced.proves_membership = true;
    PartitionCore core(fenced);
    ASSERT_TRUE(std::holds_alternative<PartitionCore::Prove>(core.next({})));
    core.membership_lost();
    EXPECT_TRUE(std::holds_alternative<PartitionCore::Idle>(core.next({})));
}

}  // namespace
}  // namespace carafe::processing
