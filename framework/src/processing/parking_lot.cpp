#include "processing/parking_lot.h"

namespace carafe::processing {

void ParkingLot::fill(const std::vector<Parked>& parked) {
    records_.clear();
    queues_.clear();
    heads_.clear();
    for (const Parked& one : parked) {
        add(one);
    }
}

void ParkingLot::add(const Parked& parked) {
    const std::int64_t offset = parked.record.offset;
    if (!records_.emplace(offset, parked).second) {
        return;
    }
    std::deque<std::int64_t>& queue = queues_[parked.record.key];
    queue.push_back(offset);
    if (queue.size() == 1) {
        heads_.emplace(parked.trial.not_before, offset);
    }
}

ParkingLot::Step ParkingLot::next() const {
    const std::int64_t offset = current();
    const Trial& trial = records_.at(offset).trial;
    switch (trial.next(policy_, true)) {
        case Trial::Step::kGiveUp:
            return GiveUp{offset, trial.attempts, trial.failure};
        case Trial::Step::kWriteAttempt:
            return WriteAttempt{offset, trial.next_attempt(), trial.failure};
        case Trial::Step::kCall:
            break;
    }
    return Retry{offset, trial.next_attempt(), trial.is_suspect};
}

void ParkingLot::attempt_written() {
    records_.at(current()).trial.attempt_written();
}

void ParkingLot::succeeded() {
    const auto done = records_.find(current());
    const KeyTag key = done->second.record.key;
    heads_.erase(heads_.begin());
    records_.erase(done);
    const auto queue = queues_.find(key);
    queue->second.pop_front();
    if (queue->second.empty()) {
        queues_.erase(queue);
        return;
    }
    const std::int64_t next = queue->second.front();
    heads_.emplace(records_.at(next).trial.not_before, next);
}

bool ParkingLot::failed(const Failure& failure, CoreTime now) {
    const std::int64_t offset = current();
    Trial& trial = records_.at(offset).trial;
    if (failure.kind == FailureKind::kContention &&
        (trial.contend(policy_, now) || !failure.others_progress)) {
        return false;
    }
    trial.count_call(1);
    trial.failure = failure;
    trial.decide(policy_, now);
    heads_.erase(heads_.begin());
    heads_.emplace(trial.not_before, offset);
    return true;
}

}  // namespace carafe::processing
