#include "processing/consumer_call.h"

#include <algorithm>
#include <thread>

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

}  // namespace

struct ConsumerCall::UnderWay {
    const What& what;
    std::int64_t began_ns;
};

// For as long as the consumer runs: the journal has it, and status() shows it.
class ConsumerCall::Scope {
public:
    Scope(ConsumerCall& call, const UnderWay& under_way) : call_(call) {
        if (call_.environment_.journal != nullptr) {
            const EngineListener::Offsets offsets = offsets_of(under_way.what.batch);
            call_.environment_.journal->begin(
                {call_.environment_.partition,
                 {offsets.first, offsets.last},
                 under_way.what.is_suspect}
            );
        }
        call_.under_way_ = &under_way;
    }
    ~Scope() {
        call_.under_way_ = nullptr;
        while (call_.lookers_ != 0) {  // somebody who came before that still reads
            std::this_thread::yield();
        }
        if (call_.environment_.journal != nullptr) {
            call_.environment_.journal->end();
        }
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

private:
    ConsumerCall& call_;
};

ConsumerCall::Outcome ConsumerCall::run(Delivery& delivery, const What& what) {
    const EngineListener::Offsets offsets = offsets_of(what.batch);
    marked_.clear();
    began_ns_ = now_ns();
    Outcome outcome;
    try {
        const UnderWay under_way{what, began_ns_};
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

Failure ConsumerCall::caught(std::span<const Message> batch, int attempt) const {
    Failure failure = classify(std::current_exception(), environment_.classifiers);
    failure.others_progress = environment_.progress > began_ns_;
    if (failure.kind == FailureKind::kOverdue) {
        failure.kind = failure.others_progress ? FailureKind::kPermanent : FailureKind::kSystemic;
    }
    environment_.listener.on_failed(environment_.partition, offsets_of(batch), attempt, failure);
    return failure;
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
            Failure reason;
            reason.error_class = "carafe::MessageError";
            reason.error_message = marked->reason;
            found.push_back({index, reason});
        }
    }
    return found;
}

std::optional<CallStatus> ConsumerCall::status() const {
    ++lookers_;
    std::optional<CallStatus> status;
    if (const UnderWay* call = under_way_) {
        const What& what = call->what;
        const std::string_view key = what.batch.front().key().value_or("");
        status = CallStatus{
            environment_.partition,
            what.batch.front().offset(),
            what.batch.back().offset(),
            what.batch.size(),
            std::string(key.substr(0, kShownKeyBytes)),
            what.attempt,
            std::chrono::milliseconds((now_ns() - call->began_ns) / 1'000'000)};
    }
    --lookers_;
    return status;
}

}  // namespace carafe::processing
