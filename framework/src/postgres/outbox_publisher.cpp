#include "postgres/outbox_publisher.h"

#include <stdexcept>
#include <unordered_set>

#include "kafka/message_spans.h"

namespace carafe::postgres {

namespace {

constexpr std::chrono::milliseconds kHoldBack{1'000};
constexpr std::size_t kHeldBackMax = 10'000;  // beyond it, those whose time is over are forgotten

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

bool OutboxPublisher::held_back(const std::string& key) {
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

OutboxPublisher::Outcome OutboxPublisher::publish(
    Producer& producer, std::vector<OutboxRow>& rows
) {
    Outcome outcome;
    Sending sending;
    std::unordered_set<std::string> closed;  // nothing more of these keys in this call
    for (OutboxRow& row : rows) {
        const bool checked = !closed.empty() || !held_back_.empty();
        const std::string key = checked ? order_key(row.record, row.id) : std::string();
        if (checked && (closed.count(key) > 0 || held_back(key))) {
            ++outcome.postponed;
            continue;
        }
        if (!row.defect.empty() || bytes(row.record) > kLargeBytes) {
            closed.insert(order_key(row.record, row.id));
        }
        if (!row.defect.empty()) {
            outcome.refused.push_back({row.id, row.record.topic, row.defect});
            continue;
        }
        sending.ids.push_back(row.id);
        sending.records.push_back(std::move(row.record));
    }
    if (!sending.ids.empty()) {
        const auto start = std::chrono::system_clock::now();
        const auto reports = producer.produce(sending.records, kTimeout);
        sort(sending, reports, outcome);
        for (std::size_t index = 0; index < reports.size(); ++index) {
            kafka::add_publish_span(sending.records[index], start, reports[index]);
        }
    }
    return outcome;
}

void OutboxPublisher::sort(
    const Sending& sending, const std::vector<DeliveryReport>& reports, Outcome& outcome
) {
    if (reports.size() != sending.ids.size()) {
        throw std::logic_error("the producer did not report on every record");
    }
    std::vector<std::size_t> failed;
    for (std::size_t index = 0; index < reports.size(); ++index) {
        const DeliveryReport& report = reports[index];
        if (report.error.empty()) {
            outcome.acknowledged.push_back(sending.ids[index]);
        } else if (report.retriable) {
            failed.push_back(index);
            outcome.failures[sending.records[index].topic] = report.error;
        } else {
            outcome.refused.push_back(
                {sending.ids[index], sending.records[index].topic, report.error}
            );
        }
    }
    outcome.failed = failed.size();
    if (outcome.failed < reports.size()) {  // the broker is there: the trouble is theirs alone
        hold_back(sending, failed);
    }
}

void OutboxPublisher::hold_back(const Sending& sending, const std::vector<std::size_t>& failed) {
    const auto now = Clock::now();
    if (held_back_.size() > kHeldBackMax) {
        std::erase_if(held_back_, [&](const auto& held) { return held.second <= now; });
    }
    for (const std::size_t index : failed) {
        held_back_[order_key(sending.records[index], sending.ids[index])] = now + kHoldBack;
    }
}

}  // namespace carafe::postgres
