#include "carafe/testing/consumer_harness.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <span>

#include "harness_target.h"
#include "processing/consumer_call.h"
#include "processing/owned_records.h"
#include "processing/partition_core.h"

namespace carafe::testing {

using processing::Culprit;
using processing::Failure;
using processing::FailureKind;
using processing::PartitionCore;

// One call of consume(): the engine's deciding core over the pending records, with a clock of its
// own that jumps over every wait.
class ConsumerHarness::Run {
public:
    Run(ConsumerHarness& harness, std::span<const Message> messages)
        : harness_(harness), records_(messages), core_(policy(harness.options_)) {}

    void until_done() {
        while (true) {
            const PartitionCore::Command command = core_.next(now_);
            if (std::holds_alternative<PartitionCore::Idle>(command)) {
                return;
            }
            std::visit([this](const auto& known) { carry_out(known); }, command);
        }
    }

private:
    static PartitionCore::Policy policy(const Options& options) {
        PartitionCore::Policy policy;
        policy.retry.attempts = options.attempts;
        policy.max_messages = options.max_messages;
        policy.retry.has_dead_letter_topic = true;
        return policy;
    }

    void carry_out(const PartitionCore::Claim& /*command*/) { core_.claimed(false); }
    void carry_out(const PartitionCore::Wait& command) { now_ = command.until; }

    void carry_out(const PartitionCore::Drain& command) {
        held_ = std::min(command.max, records_.messages().size() - done_);
        core_.drained(held_, {}, now_);
    }

    void carry_out(const PartitionCore::Deliver& command) {
        records_.set_attempt(done_ + command.begin, done_ + command.end, command.attempt);
        const auto batch =
            records_.messages().subspan(done_ + command.begin, command.end - command.begin);
        Call& call = harness_.calls_.emplace_back();
        for (const Message& message : batch) {
            call.offsets.push_back(message.offset());
        }
        call.attempt = command.attempt;
        std::vector<MarkedFailure> marked;
        try {
            add(harness_.target_->call(Batch(batch, &marked)));
        } catch (...) {
            fail(command, batch, harness_.target_->take_asked());
            return;
        }
        const Target::Asked asked = harness_.target_->take_asked();
        pause(asked);
        std::vector<Culprit> failed;
        for (std::size_t index = 0; index < batch.size(); ++index) {
            for (const MarkedFailure& mark : marked) {
                if (mark.offset == batch[index].offset()) {
                    failed.push_back({command.begin + index, processing::failure_of(mark)});
                }
            }
        }
        if (failed.empty() && asked.seek) {
            seek(*asked.seek);
        } else if (failed.empty() || harness_.target_->takes_effect_in_part()) {
            succeed(failed);
        } else {
            core_.failed(failed.front().failure, failed, now_);
        }
    }

    void add(std::vector<Record> produced) {
        auto& all = harness_.produced_;
        all.insert(
            all.end(),
            std::make_move_iterator(produced.begin()),
            std::make_move_iterator(produced.end())
        );
    }

    void carry_out(const PartitionCore::GiveUp& command) {
        const Message& message = records_.messages()[done_ + command.index];
        harness_.dead_letters_.push_back(
            {message.offset(),
             copy(message),
             command.attempts,
             command.failure.error_class,
             command.failure.error_message}
        );
        succeed({});
    }

    template <typename Other>
    void carry_out(const Other& /*command*/) {
        throw std::logic_error("a consumer harness has no partition to lose");
    }

    void succeed(std::span<const Culprit> failed) {
        core_.succeeded(failed, now_);
        end_chunk();
    }

    void end_chunk() {
        if (core_.chunk_done()) {
            done_ += held_;
        }
    }

    void pause(const Target::Asked& asked) {
        if (asked.pause) {
            core_.pause(now_ + *asked.pause);
        }
    }

    void seek(std::int64_t offset) {
        const std::int64_t first = records_.messages().front().offset();
        if (offset < first) {
            throw std::logic_error("a harness has the records of this consume() only");
        }
        core_.succeeded({}, now_);
        core_.sought();
        done_ = std::min(static_cast<std::size_t>(offset - first), records_.messages().size());
    }

    // What was marked as consumed is done. False when that is all of the call.
    bool consume(
        const PartitionCore::Deliver& command, std::span<const Message> batch, std::int64_t last
    ) {
        const auto count = static_cast<std::size_t>(last - batch.front().offset()) + 1;
        const bool is_some_left = core_.consumed(command.begin + count);
        end_chunk();
        return is_some_left;
    }

    void fail(
        const PartitionCore::Deliver& command,
        std::span<const Message> batch,
        const Target::Asked& asked
    ) {
        const Failure failure =
            processing::classify(std::current_exception(), harness_.target_->classifiers());
        harness_.calls_.back().error = failure.error_message;
        // Nobody else is at work here: no conflict, and no outage that a spec wants waited out.
        if (failure.kind == FailureKind::kSystemic || failure.kind == FailureKind::kContention) {
            std::rethrow_exception(std::current_exception());
        }
        pause(asked);
        if (asked.consumed && !consume(command, batch, *asked.consumed)) {
            return;
        }
        std::vector<Culprit> named;
        for (std::size_t index = 0; failure.offset && index < batch.size(); ++index) {
            if (batch[index].offset() == *failure.offset) {
                named.push_back({command.begin + index, failure});
            }
        }
        core_.failed(failure, named, now_);
    }

    static TestRecord copy(const Message& message) {
        TestRecord record;
        record.key = message.key();
        record.payload = message.payload();
        record.timestamp = message.timestamp();
        for (const Header& header : message.headers()) {
            record.headers.emplace_back(header.name, header.value);
        }
        return record;
    }

    ConsumerHarness& harness_;
    processing::OwnedRecords records_;
    PartitionCore core_;
    PartitionCore::Time now_{};
    std::size_t held_ = 0;
    std::size_t done_ = 0;  // records of finished batches
};

ConsumerHarness::ConsumerHarness(Consumer& consumer) : ConsumerHarness(consumer, Options{}) {}

ConsumerHarness::ConsumerHarness(Consumer& consumer, Options options)
    : target_(Target::of(consumer, options.topic)), options_(std::move(options)) {}

ConsumerHarness::ConsumerHarness(
    postgres::TransactionalConsumer& consumer, const PostgresFixture& database
)
    : ConsumerHarness(consumer, database, Options{}) {}

ConsumerHarness::ConsumerHarness(
    postgres::TransactionalConsumer& consumer, const PostgresFixture& database, Options options
)
    : target_(Target::of(consumer, database, options.topic)), options_(std::move(options)) {}

ConsumerHarness::~ConsumerHarness() = default;

void ConsumerHarness::produce(TestRecord record) {
    pending_.push_back(std::move(record));
}

void ConsumerHarness::consume() {
    const TestMessages messages(
        options_.topic, std::exchange(pending_, std::vector<TestRecord>{}), next_offset_
    );
    next_offset_ += static_cast<std::int64_t>(messages.all().size());
    Run(*this, messages.all()).until_done();
}

}  // namespace carafe::testing
