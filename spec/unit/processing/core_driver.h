#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "processing/partition_core.h"

namespace carafe::processing {

// Drives the core as a runner would, over records of which some are poisoned; writes down what it
// was told to do.
class CoreDriver {
public:
    explicit CoreDriver(const PartitionCore::Policy& policy) : core(policy) {}

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
            trace.push_back(
                "wait " + std::to_string((wait->until - now) / std::chrono::milliseconds(1)) + "ms"
            );
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

inline PartitionCore::Policy policy() {
    PartitionCore::Policy policy;
    policy.max_messages = 8;
    policy.drain_at_least = 8;
    policy.retry.attempts = 3;
    policy.retry.backoff_min = std::chrono::milliseconds(100);
    policy.retry.backoff_max = std::chrono::milliseconds(300);
    policy.retry.has_dead_letter_topic = true;
    return policy;
}

using Trace = std::vector<std::string>;

}  // namespace carafe::processing
