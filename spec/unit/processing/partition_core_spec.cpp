#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "processing/partition_core.h"

namespace carafe::processing {
namespace {

using std::chrono::milliseconds;

// Drives the core as a runner would, over records of which some are poisoned; writes down what it
// was told to do.
class Driver {
public:
    explicit Driver(const PartitionCore::Policy& policy) : core(policy) {}

    PartitionCore core;
    PartitionCore::Time now{};
    std::vector<std::string> trace;
    std::vector<std::size_t> poisoned;
    std::vector<Mark> marks;
    std::vector<std::size_t> marked_by_handler;
    bool names_culprit = false;
    bool others_progress = false;
    FailureKind kind = FailureKind::kPermanent;

    // Carries commands out until the core has nothing to do, or `limit` were carried out; passes
    // over waits by moving the clock.
    void run(std::size_t available, int limit = 100) {
        std::size_t left = available;
        for (int count = 0; count < limit; ++count) {
            if (!step(left)) {
                return;
            }
        }
        trace.emplace_back("limit");
    }

private:
    bool step(std::size_t& left) {
        const PartitionCore::Command command = core.next(now);
        if (const auto* drain = std::get_if<PartitionCore::Drain>(&command)) {
            const std::size_t count = std::min(left, drain->max - held_);
            left -= count;
            held_ += count;
            core.drained(held_, marks, now);
            return true;
        }
        if (const auto* deliver = std::get_if<PartitionCore::Deliver>(&command)) {
            run_delivery(*deliver);
            return true;
        }
        if (const auto* give_up = std::get_if<PartitionCore::GiveUp>(&command)) {
            trace.push_back(
                "dlq " + std::to_string(give_up->index) + " after " +
                std::to_string(give_up->attempts)
            );
            finish_part();
            return true;
        }
        if (const auto* write = std::get_if<PartitionCore::WriteAttempt>(&command)) {
            trace.push_back(
                "write attempt " + std::to_string(write->attempt) + " of " +
                std::to_string(write->index)
            );
            core.attempt_written();
            return true;
        }
        if (const auto* wait = std::get_if<PartitionCore::Wait>(&command)) {
            trace.push_back("wait " + std::to_string((wait->until - now) / milliseconds(1)) + "ms");
            now = wait->until;
            return true;
        }
        return run_simple(command);
    }

    bool run_simple(const PartitionCore::Command& command) {
        if (std::holds_alternative<PartitionCore::Prove>(command)) {
            trace.emplace_back("prove");
            core.proven();
        } else if (std::holds_alternative<PartitionCore::Claim>(command)) {
            trace.emplace_back("claim");
            core.claimed(false);
        } else if (std::holds_alternative<PartitionCore::Discard>(command)) {
            trace.emplace_back("discard");
            held_ = 0;
            core.discarded();
        } else {
            trace.emplace_back(
                std::holds_alternative<PartitionCore::Finished>(command) ? "finished" : "idle"
            );
            return false;
        }
        return true;
    }

    void run_delivery(const PartitionCore::Deliver& deliver) {
        std::string line = std::to_string(deliver.begin) + ".." + std::to_string(deliver.end);
        for (const std::size_t bad : poisoned) {
            if (bad >= deliver.begin && bad < deliver.end) {
                trace.push_back(line + " fails");
                Failure failure;
                failure.kind = kind;
                failure.error_class = "Error";
                failure.others_progress = others_progress;
                std::vector<Culprit> named;
                if (names_culprit) {
                    named.push_back({bad, failure});
                }
                core.failed(failure, named, now);
                return;
            }
        }
        trace.push_back(line);
        std::vector<Culprit> failed;
        for (const std::size_t bad : marked_by_handler) {
            if (bad >= deliver.begin && bad < deliver.end) {
                failed.push_back({bad, {}});
            }
        }
        core.succeeded(failed, now);
        forget_finished();
    }

    void finish_part() {
        core.succeeded({}, now);
        forget_finished();
    }

    void forget_finished() {
        if (core.chunk_done()) {
            held_ = 0;
        }
    }

    std::size_t held_ = 0;
};

PartitionCore::Policy policy() {
    PartitionCore::Policy policy;
    policy.max_messages = 8;
    policy.drain_at_least = 8;
    policy.retry.attempts = 3;
    policy.retry.backoff_min = milliseconds(100);
    policy.retry.backoff_max = milliseconds(300);
    policy.retry.has_dead_letter_topic = true;
    return policy;
}

using Trace = std::vector<std::string>;

TEST(PartitionCore, claims_drains_and_delivers_one_batch) {
    Driver driver(policy());
    driver.run(5);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..5", "idle"}));
}

TEST(PartitionCore, delivers_full_batches_without_waiting) {
    PartitionCore::Policy slow = policy();
    slow.max_wait = milliseconds(50);
    Driver driver(slow);
    driver.run(20);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..8", "0..8", "wait 50ms", "0..4", "idle"}));
}

TEST(PartitionCore, proves_its_membership_before_it_claims) {
    PartitionCore::Policy fenced = policy();
    fenced.proves_membership = true;
    Driver driver(fenced);
    driver.run(1);
    EXPECT_EQ(driver.trace, (Trace{"prove", "claim", "0..1", "idle"}));
}

TEST(PartitionCore, finds_the_culprit_by_halves_so_that_only_it_pays) {
    Driver driver(policy());
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
    Driver driver(policy());
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
    Driver driver(policy());
    driver.poisoned = {0};
    driver.names_culprit = true;
    driver.kind = FailureKind::kUndecodable;
    driver.run(2);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..2 fails", "dlq 0 after 1", "1..2", "idle"}));
}

TEST(PartitionCore, gives_up_a_named_culprit_without_another_call_when_attempts_is_one) {
    PartitionCore::Policy strict = policy();
    strict.retry.attempts = 1;
    Driver driver(strict);
    driver.poisoned = {1};
    driver.names_culprit = true;
    driver.run(3);
    EXPECT_EQ(
        driver.trace, (Trace{"claim", "0..3 fails", "0..1", "dlq 1 after 1", "2..3", "idle"})
    );
}

TEST(PartitionCore, counts_no_attempt_in_an_outage_and_backs_off_to_the_cap) {
    Driver driver(policy());
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
    Driver driver(policy());
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
    Driver driver(endless);
    driver.poisoned = {0};
    driver.run(1, 30);
    EXPECT_EQ(driver.trace.back(), "limit");
    EXPECT_EQ(std::count(driver.trace.begin(), driver.trace.end(), "0..1 fails"), 14);
}

TEST(PartitionCore, drops_everything_and_proves_itself_again_when_fenced) {
    PartitionCore::Policy fenced = policy();
    fenced.proves_membership = true;
    Driver driver(fenced);
    driver.poisoned = {1};
    driver.kind = FailureKind::kFenced;
    driver.run(3, 5);
    EXPECT_EQ(driver.trace, (Trace{"prove", "claim", "0..3 fails", "discard", "limit"}));
    driver.trace.clear();
    driver.run(0);
    EXPECT_EQ(driver.trace, (Trace{"prove", "claim", "idle"}));
}

TEST(PartitionCore, does_nothing_more_after_it_is_released) {
    Driver driver(policy());
    driver.poisoned = {0};
    driver.run(4, 3);
    driver.core.release();
    driver.trace.clear();
    driver.run(4);
    EXPECT_EQ(driver.trace, (Trace{"finished"}));
}

TEST(PartitionCore, stands_still_when_its_fetch_position_is_broken) {
    Driver driver(policy());
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

TEST(PartitionCore, writes_an_attempt_down_before_it_runs) {
    PartitionCore::Policy durable = policy();
    durable.retry.writes_attempts = true;
    Driver driver(durable);
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
    Driver driver(durable);
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
    Driver driver(single);
    driver.run(7);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..2", "2..4", "4..6", "6..7", "idle"}));
}

TEST(PartitionCore, runs_suspects_alone) {
    Driver driver(policy());
    driver.marks = {{1, 0, 0, {}}, {2, 0, 2, {}}};
    driver.run(4);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..1", "1..2", "2..3", "3..4", "idle"}));
}

TEST(PartitionCore, gives_up_a_record_that_killed_the_process_three_times) {
    Driver driver(policy());
    driver.marks = {{1, 0, 3, {}}};
    driver.run(3);
    EXPECT_EQ(driver.trace, (Trace{"claim", "0..1", "dlq 1 after 3", "2..3", "idle"}));
}

TEST(PartitionCore, tries_alone_what_the_handler_of_a_batch_marked_and_keeps_the_others_done) {
    Driver driver(policy());
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
    Driver driver(contended);
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
    Driver driver(contended);
    driver.poisoned = {0};
    driver.kind = FailureKind::kContention;
    driver.run(1, 40);
    EXPECT_EQ(driver.trace.back(), "limit");
    EXPECT_EQ(std::count(driver.trace.begin(), driver.trace.end(), "dlq 0 after 1"), 0);
}

TEST(PartitionCore, takes_nothing_new_while_it_is_held_and_finishes_what_it_has) {
    Driver driver(policy());
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
