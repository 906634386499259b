#include "postgres/outbox_publisher.h"

#include <mutex>
#include <unordered_set>
#include <utility>

#include "kafka/message_spans.h"

namespace carafe::postgres {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kHoldBack{1'000};
constexpr std::size_t kHeldBackMax = 10'000;  // beyond it, those whose time is over are forgotten

// Enough to keep a broker busy that takes 10 ms for a record.
constexpr std::size_t kRowsInFlight = 500;
constexpr std::size_t kBytesInFlight = 8UL * 1024 * 1024;

// A large record may be refused after later, smaller ones of its key are already in the broker. So
// nothing of its key goes out with it; below this size a broker refuses for reasons that hold for
// the whole topic.
constexpr std::size_t kLargeBytes = 512UL * 1024;

std::size_t bytes(const Record& record) {
    std::size_t sum = record.key.value_or("").size() + record.payload.value_or("").size();
    for (const auto& [name, value] : record.headers) {
        sum += name.size() + value.size();
    }
    return sum;
}

// What must stay in order. A record without key has no order to keep, so it stands for itself.
std::string order_key(const Record& record, const OutboxRowId& id) {
    std::string key = record.topic;
    key += '\0';
    if (record.key) {
        key += 'k' + *record.key;
    } else {
        key += 'i' + std::to_string(id.id);
    }
    return key;
}

}  // namespace

// Where the producer's thread leaves its reports. It may outlive the publisher.
class OutboxPublisher::Inbox {
public:
    using Report = std::pair<std::int64_t, DeliveryReport>;  // of the row with this id

    void add(std::int64_t id, DeliveryReport&& report) {
        const std::lock_guard lock(mutex_);
        reports_.emplace_back(id, std::move(report));
        if (reports_.size() == 1) {
            reported_.notify();
        }
    }

    std::vector<Report> take() {
        reported_.take();
        const std::lock_guard lock(mutex_);
        return std::exchange(reports_, {});
    }

    RelaySignal& reported() { return reported_; }

private:
    RelaySignal reported_;
    std::mutex mutex_;
    std::vector<Report> reports_;
};

OutboxPublisher::OutboxPublisher() : inbox_(std::make_shared<Inbox>()) {}

const RelaySignal& OutboxPublisher::reported() const {
    return inbox_->reported();
}

std::size_t OutboxPublisher::hand_over(Producer& producer, std::vector<OutboxRow>& rows) {
    ++call_;
    has_postponed_ = false;
    std::size_t handed_over = 0;
    std::unordered_set<std::string> closed;  // nothing more of these keys in this call
    for (OutboxRow& row : rows) {
        const std::string key = order_key(row.record, row.id);
        if (closed.count(key) > 0 || is_busy(key) || is_held_back(key)) {
            closed.insert(key);
            has_postponed_ = true;
            continue;
        }
        const std::size_t size = bytes(row.record);
        if (!row.defect.empty() || size > kLargeBytes) {
            closed.insert(key);
        }
        if (row.defect.empty()) {
            send(producer, row, key, size);
            ++handed_over;
        } else if (!row.is_parked) {
            defective_.push_back({row.id, row.record.topic, row.defect});
            inbox_->reported().notify();
        }
    }
    return handed_over;
}

// Rows of one call are handed over one behind the other, and the producer keeps their order.
bool OutboxPublisher::is_busy(const std::string& key) const {
    const auto found = busy_.find(key);
    return found != busy_.end() && found->second.call != call_;
}

bool OutboxPublisher::is_held_back(const std::string& key) {
    const auto found = held_back_.find(key);
    if (found == held_back_.end()) {
        return false;
    }
    if (Clock::now() < found->second) {
        return true;
    }
    held_back_.erase(found);
    return false;
}

void OutboxPublisher::send(
    Producer& producer, OutboxRow& row, const std::string& key, std::size_t bytes
) {
    const std::int64_t id = row.id.id;
    Sent& sent = sent_[id];
    sent = {
        row.id,
        row.is_parked,
        std::move(row.record),
        key,
        bytes,
        Clock::now(),
        std::chrono::system_clock::now()};
    Busy& busy = busy_[key];
    ++busy.records;
    busy.call = call_;
    bytes_in_flight_ += bytes;
    try {
        producer.produce_async(
            sent.record,
            milliseconds(0),
            [inbox = inbox_, id](DeliveryReport&& report) { inbox->add(id, std::move(report)); }
        );
    } catch (...) {
        end(id);
        throw;
    }
    sent.record.payload.reset();
}

// It is in flight no longer.
OutboxPublisher::Sent OutboxPublisher::end(std::int64_t id) {
    Sent sent = std::move(sent_.extract(id).mapped());
    bytes_in_flight_ -= sent.bytes;
    const auto busy = busy_.find(sent.key);
    if (--busy->second.records == 0) {
        busy_.erase(busy);
    }
    return sent;
}

OutboxPublisher::Outcome OutboxPublisher::collect() {
    std::vector<std::string> failed_keys;
    Outcome outcome = sort(failed_keys);
    const bool is_broker_there = Clock::now() < acknowledged_at_ + kHoldBack;
    if (is_broker_there) {  // the trouble is theirs alone
        hold_back(failed_keys);
    }
    return outcome;
}

OutboxPublisher::Outcome OutboxPublisher::give_up() {
    std::vector<std::string> failed_keys;
    Outcome outcome = sort(failed_keys);
    outcome.failed = 0;
    outcome.failures.clear();
    sent_.clear();
    busy_.clear();
    bytes_in_flight_ = 0;
    overdue_ = {};
    return outcome;
}

OutboxPublisher::Outcome OutboxPublisher::sort(std::vector<std::string>& failed_keys) {
    Outcome outcome;
    outcome.refused = std::exchange(defective_, {});
    for (auto& [id, report] : inbox_->take()) {
        if (sent_.count(id) == 0) {
            continue;  // given up
        }
        const Sent sent = end(id);
        kafka::add_publish_span(sent.record, sent.start, report);
        if (report.error.empty()) {
            (sent.is_parked ? outcome.acknowledged_parked : outcome.acknowledged)
                .push_back(sent.id);
            acknowledged_at_ = Clock::now();
        } else if (report.retriable) {
            failed_keys.push_back(sent.key);
            ++outcome.failed;
            outcome.failures[sent.record.topic] = report.error;
        } else if (!sent.is_parked) {
            outcome.refused.push_back({sent.id, sent.record.topic, report.error});
        }
    }
    return outcome;
}

void OutboxPublisher::hold_back(const std::vector<std::string>& keys) {
    const auto now = Clock::now();
    if (held_back_.size() > kHeldBackMax) {
        std::erase_if(held_back_, [&](const auto& held) { return held.second <= now; });
    }
    for (const std::string& key : keys) {
        held_back_[key] = now + kHoldBack;
    }
}

bool OutboxPublisher::idle() const {
    return sent_.empty() && defective_.empty();
}

bool OutboxPublisher::full() const {
    return sent_.size() >= kRowsInFlight + overdue_.rows ||
           bytes_in_flight_ >= kBytesInFlight + overdue_.bytes;
}

void OutboxPublisher::add_in_flight(std::vector<OutboxRowId>& rows) const {
    for (const auto& [id, sent] : sent_) {
        rows.push_back(sent.id);
    }
}

std::map<std::string, std::size_t> OutboxPublisher::find_overdue(milliseconds time) {
    std::map<std::string, std::size_t> topics;
    overdue_ = {};
    const auto before = Clock::now() - time;
    for (const auto& [id, sent] : sent_) {
        if (sent.at < before) {
            ++topics[sent.record.topic];
            ++overdue_.rows;
            overdue_.bytes += sent.bytes;
        }
    }
    return topics;
}

}  // namespace carafe::postgres
