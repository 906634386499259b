// order: park. How commands about parked records are carried out; the others are in
// partition_runner_commands.cpp.
#include <algorithm>
#include <functional>

#include "processing/parking.h"
#include "processing/partition_runner.h"

namespace carafe::processing {

namespace {

PartitionCore::Time now() {
    return std::chrono::steady_clock::now();
}

// A call of the consumer for which more happens than for a batch: ConsumerCall knows deliveries.
class OtherwiseDelivered final : public Delivery {
public:
    OtherwiseDelivered(Delivery& delivery, std::function<void(const Batch&)> deliver)
        : delivery_(delivery), deliver_(std::move(deliver)) {}

    std::int64_t claim(std::int64_t committed_offset) override {
        return delivery_.claim(committed_offset);
    }
    void deliver(const Batch& batch, std::int64_t /*next_offset*/) override { deliver_(batch); }
    void dead_letter(const DeadLetter& dead_letter, std::int64_t next_offset) override {
        delivery_.dead_letter(dead_letter, next_offset);
    }
    void produce(const std::vector<Record>& records) override { delivery_.produce(records); }

private:
    Delivery& delivery_;
    const std::function<void(const Batch&)> deliver_;
};

}  // namespace

KeyTag key_tag(const std::optional<std::string_view>& key, std::int64_t offset) {
    constexpr KeyTag kSpread = 0x9e3779b97f4a7c15ULL;
    return key ? std::hash<std::string_view>{}(*key) : static_cast<KeyTag>(offset) * kSpread;
}

ParkingDelivery& PartitionRunner::parking() {
    auto* parking = dynamic_cast<ParkingDelivery*>(&host_->delivery());
    if (parking == nullptr) {
        throw std::logic_error("order: park needs an exactly_once route");
    }
    return *parking;
}

// Also when the route does not park any more: what was parked is to be done first.
std::vector<ParkingLot::Parked> PartitionRunner::take_up_parked(std::int64_t position) {
    std::vector<ParkedRecord> found;
    if (dynamic_cast<ParkingDelivery*>(&host_->delivery()) != nullptr) {
        found = parking().parked();
    }
    history_ = environment_.attempts.load(
        id_, found.empty() ? position : std::min(position, found.front().offset)
    );
    parks_ = route_.policy.retry.parks || !found.empty();
    std::vector<ParkingLot::Parked> all;
    for (const ParkedRecord& record : found) {
        const KeyedRecord keyed{record.offset, key_tag(record.key, record.offset)};
        all.push_back(take_up(keyed, record.attempts, history_, route_.policy.retry));
    }
    return all;
}

// Of the records in hand, when their keys matter.
std::vector<KeyedRecord> PartitionRunner::keys() {
    std::vector<KeyedRecord> all;
    if (!parks_) {
        return all;
    }
    for (const Message& message : records()) {
        all.push_back({message.offset(), key_tag(message.key(), message.offset())});
    }
    return all;
}

std::vector<std::size_t> PartitionRunner::followers(std::size_t begin, std::size_t end) {
    if (!parks_) {
        return {};
    }
    const std::lock_guard lock(mutex_);
    return core_.followers(begin, end);
}

void PartitionRunner::deliver_beside(
    const PartitionCore::Deliver& command, const std::vector<std::size_t>& followers
) {
    std::vector<Message> batch;
    std::vector<Message> behind;
    std::vector<std::size_t> places;  // of the batch's records in the chunk
    const auto all = records();
    for (std::size_t index = command.begin; index < command.end; ++index) {
        if (std::binary_search(followers.begin(), followers.end(), index)) {
            behind.push_back(all[index]);
        } else {
            batch.push_back(all[index].on_attempt(command.attempt));
            places.push_back(index);
        }
    }
    const std::int64_t next_offset = all[command.end - 1].offset() + 1;
    OtherwiseDelivered delivery(host_->delivery(), [&](const Batch& whole) {
        parking().deliver_and_park(whole, {behind}, next_offset);
    });
    may_seek_ = true;
    auto outcome = call(delivery, {batch, command.attempt, command.is_suspect});
    for (Culprit& culprit : outcome.culprits) {
        culprit.index = places[culprit.index];
    }
    if (outcome.failure) {
        report_failure(*outcome.failure, std::move(outcome.culprits), 0);
        return;
    }
    environment_.listener.on_parked(id_, behind.front().offset(), behind.size(), nullptr);
    if (!settle_seek(next_offset)) {
        report_success({});
    }
}

void PartitionRunner::execute(const PartitionCore::Park& command) {
    const auto some = records().subspan(command.begin, command.end - command.begin);
    try {
        parking().deliver_and_park(
            Batch({}), {some, command.attempts, command.failure}, some.back().offset() + 1
        );
    } catch (...) {
        report_failure(call_.caught(some, command.attempts), {}, 0);
        return;
    }
    environment_.listener.on_parked(
        id_, some.front().offset(), some.size(), command.attempts > 0 ? &command.failure : nullptr
    );
    report_success({});
}

void PartitionRunner::execute(const PartitionCore::RetryParked& command) {
    std::unique_ptr<ParkedMessage> parked;
    try {
        parked = parking().find_parked(command.offset);
    } catch (...) {
        report_lot_failure(call_.caught({}, command.attempt));
        return;
    }
    if (parked) {
        const Message message = parked->message().on_attempt(command.attempt);
        OtherwiseDelivered delivery(host_->delivery(), [&](const Batch& alone) {
            parking().retry_parked(alone);
        });
        const auto outcome = call(delivery, {{&message, 1}, command.attempt, command.is_suspect});
        if (outcome.failure) {
            report_lot_failure(*outcome.failure);
            return;
        }
    }
    report_lot_success();
}

void PartitionRunner::execute(const PartitionCore::WriteParked& command) {
    try {
        environment_.attempts.write_attempt(id_, command.offset, command.attempt, command.failure);
        const std::lock_guard lock(mutex_);
        has_written_ = true;
        core_.attempt_written();
    } catch (...) {
        report_lot_failure(call_.caught({}, command.attempt - 1));
    }
}

void PartitionRunner::execute(const PartitionCore::GiveUpParked& command) {
    try {
        if (const auto parked = parking().find_parked(command.offset)) {
            parking().dead_letter_parked(DeadLetter{
                parked->message(),
                route_.dead_letter_topic,
                command.attempts,
                command.failure.error_class,
                command.failure.error_message,
                fingerprint(command.failure)});
            environment_.listener.on_dead_lettered(
                id_, command.offset, command.attempts, command.failure
            );
        }
    } catch (...) {
        report_lot_failure(call_.caught({}, command.attempts));
        return;
    }
    report_lot_success();
}

void PartitionRunner::report_lot_success() {
    const std::lock_guard lock(mutex_);
    core_.succeeded({}, now());
    has_written_ = true;  // there may be attempts of it to forget
}

void PartitionRunner::report_lot_failure(const Failure& failure) {
    const std::lock_guard lock(mutex_);
    core_.failed(failure, {}, now());
}

// Below it, nothing that was written down about a record is needed any more.
std::int64_t PartitionRunner::lowest_kept() {
    const std::lock_guard lock(mutex_);
    const ParkingLot& lot = core_.lot();
    return lot.empty() ? position_ : std::min(position_, lot.front());
}

}  // namespace carafe::processing
