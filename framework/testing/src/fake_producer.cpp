#include "carafe/testing/fake_producer.h"

#include <utility>

namespace carafe::testing {

class FakeBroker::Connection final : public Producer {
public:
    explicit Connection(FakeBroker& broker) : broker_(broker) {}

    std::vector<DeliveryReport> produce(
        const std::vector<Record>& records, std::chrono::milliseconds /*timeout*/
    ) override {
        return broker_.produce(records);
    }

private:
    FakeBroker& broker_;
};

std::unique_ptr<Producer> FakeBroker::connect() {
    const std::lock_guard lock(mutex_);
    ++producers_;
    return std::make_unique<Connection>(*this);
}

std::vector<DeliveryReport> FakeBroker::produce(const std::vector<Record>& records) {
    std::function<void(const std::vector<Record>&)> hook;
    {
        const std::lock_guard lock(mutex_);
        ++calls_;
        hook = hook_;
    }
    if (hook) {
        hook(records);
    }
    const std::lock_guard lock(mutex_);
    std::vector<DeliveryReport> reports;
    reports.reserve(records.size());
    for (const Record& record : records) {
        reports.push_back(accept(record));
    }
    return reports;
}

DeliveryReport FakeBroker::accept(const Record& record) {
    if (away_ || (failing_ && failing_(record))) {
        return {"the broker is away", true, -1, -1};
    }
    if (refused_ && refused_(record)) {
        return {"the record was refused", false, -1, -1};
    }
    records_.push_back(record);
    return {"", false, 0, static_cast<std::int64_t>(records_.size()) - 1};
}

std::vector<Record> FakeBroker::records() const {
    const std::lock_guard lock(mutex_);
    return records_;
}

std::vector<std::string> FakeBroker::payloads_of(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> payloads;
    for (const Record& record : records_) {
        if (record.key == key) {
            payloads.push_back(record.payload.value_or(""));
        }
    }
    return payloads;
}

std::size_t FakeBroker::size() const {
    const std::lock_guard lock(mutex_);
    return records_.size();
}

int FakeBroker::producers() const {
    const std::lock_guard lock(mutex_);
    return producers_;
}

int FakeBroker::calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
}

void FakeBroker::set_away(bool away) {
    const std::lock_guard lock(mutex_);
    away_ = away;
}

void FakeBroker::refuse(std::function<bool(const Record&)> refused) {
    const std::lock_guard lock(mutex_);
    refused_ = std::move(refused);
}

void FakeBroker::fail(std::function<bool(const Record&)> failing) {
    const std::lock_guard lock(mutex_);
    failing_ = std::move(failing);
}

void FakeBroker::on_produce(std::function<void(const std::vector<Record>&)> hook) {
    const std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
}

}  // namespace carafe::testing
