#include "processing/consumer_call.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <thread>

#include "carafe/spans.h"
#include "kafka/message_spans.h"

namespace carafe::processing {

namespace {

constexpr std::size_t kShownKeyBytes = 128;

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

EngineListener::Offsets offsets_of(std::span<const Message> records) {
    if (records.empty()) {
        return {};
    }
    return {records.front().offset(), records.back().offset(), records.size()};
}

const char* name_of(Hook hook) {
    switch (hook) {
        case Hook::kInitialized:
            return "initialized";
        case Hook::kIdle:
            return "idle";
        case Hook::kTick:
            return "tick";
        case Hook::kRevoked:
            return "revoked";
        case Hook::kShutdown:
            break;
    }
    return "shutdown";
}

void call_hook(BaseConsumer& consumer, Hook hook) {
    switch (hook) {
        case Hook::kInitialized:
            return consumer.initialized();
        case Hook::kIdle:
            return consumer.idle();
        case Hook::kTick:
            return consumer.tick();
        case Hook::kRevoked:
            return consumer.revoked();
        case Hook::kShutdown:
            break;
    }
    consumer.shutdown();
}

}  // namespace

Failure failure_of(const MarkedFailure& mark) {
    Failure failure;
    failure.kind = mark.is_undecodable ? FailureKind::kUndecodable : FailureKind::kPermanent;
    failure.error_class = mark.is_undecodable ? "carafe::UndecodableError" : "carafe::MessageError";
    failure.error_message = mark.reason;
    return failure;
}

struct ConsumerCall::UnderWay {
    const What* what;  // null: a hook
    const char* hook;
    std::int64_t began_ns;
};

// For as long as the consumer runs: the journal has it, and status() shows it.
class ConsumerCall::Scope {
public:
    Scope(ConsumerCall& call, const UnderWay& under_way)
        : call_(call),
          is_journalled_(call.environment_.journal != nullptr && under_way.what != nullptr) {
        if (is_journalled_) {
            const EngineListener::Offsets offsets = offsets_of(under_way.what->batch);
            call_.environment_.journal->begin(
                {call_.environment_.partition,
                 {offsets.first, offsets.last},
                 under_way.what->is_suspect}
            );
        }
        call_.under_way_ = &under_way;
    }
    ~Scope() {
        call_.under_way_ = nullptr;
        while (call_.lookers_ != 0) {  // somebody who came before that still reads
            std::this_thread::yield();
        }
        if (is_journalled_) {
            call_.environment_.journal->end();
        }
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

private:
    ConsumerCall& call_;
    const bool is_journalled_;
};

ConsumerCall::Outcome ConsumerCall::run(Delivery& delivery, const What& what) {
    if (!spans::enabled()) {
        return call(delivery, what);
    }
    const auto start = std::chrono::system_clock::now();
    Outcome outcome = call(delivery, what);
    add_spans(what.batch, start, outcome);
    return outcome;
}

// Each record's trace shows the whole call: it is over when all of the batch is.
void ConsumerCall::add_spans(
    std::span<const Message> batch,
    std::chrono::system_clock::time_point start,
    const Outcome& outcome
) const {
    for (std::size_t index = 0; index < batch.size(); ++index) {
        const Failure* failure = outcome.failure ? &*outcome.failure : nullptr;
        for (const Culprit& culprit : outcome.culprits) {
            failure = culprit.index == index ? &culprit.failure : failure;
        }
        const auto error =
            failure == nullptr
                ? std::nullopt
                : std::optional(failure->error_class + ": " + failure->error_message);
        kafka::add_process_span(batch[index], environment_.partition.group, start, error);
    }
}

ConsumerCall::Outcome ConsumerCall::call(Delivery& delivery, const What& what) {
    const EngineListener::Offsets offsets = offsets_of(what.batch);
    marked_.clear();
    began_ns_ = now_ns();
    Outcome outcome;
    try {
        const UnderWay under_way{&what, "", began_ns_};
        const Scope scope(*this, under_way);
        delivery.deliver(Batch(what.batch, &marked_), offsets.last + 1);
    } catch (...) {
        outcome.failure = caught(what.batch, what.attempt);
        outcome.culprits = culprits(outcome.failure, what.batch);
        return outcome;
    }
    const std::int64_t end = now_ns();
    outcome.took = std::chrono::nanoseconds(end - began_ns_);
    environment_.progress = end;
    environment_.listener.on_processed(environment_.partition, offsets, outcome.took);
    if (!marked_.empty()) {
        outcome.culprits = culprits(std::nullopt, what.batch);
        if (!outcome.culprits.empty()) {
            environment_.listener.on_failed(
                environment_.partition, offsets, what.attempt, outcome.culprits.front().failure
            );
        }
    }
    return outcome;
}

void ConsumerCall::initialize(BaseConsumer& consumer) {
    began_ns_ = now_ns();
    const UnderWay under_way{nullptr, name_of(Hook::kInitialized), began_ns_};
    const Scope scope(*this, under_way);
    consumer.initialized();
}

void ConsumerCall::hook(BaseConsumer& consumer, Hook hook) {
    try {
        const UnderWay under_way{nullptr, name_of(hook), now_ns()};
        const Scope scope(*this, under_way);
        call_hook(consumer, hook);
    } catch (...) {
        environment_.listener.on_hook_failed(
            environment_.partition,
            name_of(hook),
            classify(std::current_exception(), environment_.classifiers)
        );
    }
}

Failure ConsumerCall::caught(std::span<const Message> batch, int attempt) const {
    Failure failure = classify(std::current_exception(), environment_.classifiers);
    failure.others_progress = environment_.progress > began_ns_;
    if (failure.kind == FailureKind::kOverdue) {
        failure.kind = failure.others_progress ? FailureKind::kPermanent : FailureKind::kSystemic;
    }
    environment_.listener.on_failed(environment_.partition, offsets_of(batch), attempt, failure);
    return failure;
}

std::size_t ConsumerCall::consumed_through(std::span<const Message> batch, const Message& message)
    const {
    const std::int64_t offset = message.offset();
    const auto found = std::find_if(batch.begin(), batch.end(), [&](const Message& one) {
        return one.offset() == offset;
    });
    if (found == batch.end()) {
        throw std::logic_error(
            "mark_as_consumed(): " + std::to_string(offset) + " is not in the batch of this call"
        );
    }
    auto end = found + 1;
    if (const auto failed = first_marked(); failed && *failed <= offset) {
        end = std::find_if(batch.begin(), end, [&](const Message& one) {
            return one.offset() >= *failed;
        });
    }
    return static_cast<std::size_t>(end - batch.begin());
}

std::optional<std::int64_t> ConsumerCall::first_marked() const {
    std::optional<std::int64_t> first;
    for (const MarkedFailure& mark : marked_) {
        first = std::min(first.value_or(mark.offset), mark.offset);
    }
    return first;
}

// The records that the failure names, or that the handler marked, in offset order.
std::vector<Culprit> ConsumerCall::culprits(
    const std::optional<Failure>& failure, std::span<const Message> batch
) const {
    const bool is_named = failure && failure->offset;
    std::vector<Culprit> found;
    for (std::size_t index = 0; index < batch.size(); ++index) {
        const std::int64_t offset = batch[index].offset();
        if (is_named) {
            if (*failure->offset == offset) {
                found.push_back({index, *failure});
            }
            continue;
        }
        const auto marked =
            std::find_if(marked_.begin(), marked_.end(), [offset](const MarkedFailure& mark) {
                return mark.offset == offset;
            });
        if (marked != marked_.end()) {
            found.push_back({index, failure_of(*marked)});
        }
    }
    return found;
}

std::optional<CallStatus> ConsumerCall::status() const {
    ++lookers_;
    std::optional<CallStatus> status;
    if (const UnderWay* call = under_way_) {
        status.emplace();
        status->partition = environment_.partition;
        status->hook = call->hook;
        status->age = std::chrono::milliseconds((now_ns() - call->began_ns) / 1'000'000);
        if (const What* what = call->what) {
            const std::string_view key = what->batch.front().key().value_or("");
            status->first_offset = what->batch.front().offset();
            status->last_offset = what->batch.back().offset();
            status->records = what->batch.size();
            status->key = key.substr(0, kShownKeyBytes);
            status->attempt = what->attempt;
        }
    }
    --lookers_;
    return status;
}

}  // namespace carafe::processing
