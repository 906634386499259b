#include "carafe/testing/fake_broker.h"

#include <future>
#include <utility>

#include "fake_cluster.h"

namespace carafe::testing {

class FakeBroker::Connection final : public Producer {
public:
    explicit Connection(std::shared_ptr<FakeCluster> cluster) : cluster_(std::move(cluster)) {}

    ~Connection() override {
        std::vector<FakeInFlight> lost;
        {
            const std::lock_guard lock(cluster_->mutex);
            std::erase_if(cluster_->in_flight, [&](FakeInFlight& each) {
                const bool is_ours = each.producer == this;
                if (is_ours) {
                    lost.push_back(std::move(each));
                }
                return is_ours;
            });
        }
        for (const FakeInFlight& each : lost) {
            each.on_report({"the producer is gone", true, -1, -1});
        }
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    std::vector<DeliveryReport> produce(
        const std::vector<Record>& records, std::chrono::milliseconds /*timeout*/
    ) override {
        call_hook(records);
        const std::lock_guard lock(cluster_->mutex);
        std::vector<DeliveryReport> reports;
        reports.reserve(records.size());
        for (const Record& record : records) {
            reports.push_back(cluster_->accept(record));
        }
        return reports;
    }

    std::future<DeliveryReport> produce_async(
        const Record& record, std::chrono::milliseconds /*room*/
    ) override {
        std::promise<DeliveryReport> promise;
        promise.set_value(produce({record}, {}).front());
        return promise.get_future();
    }

    void produce_async(const Record& record, std::chrono::milliseconds /*room*/, OnReport on_report)
        override {
        call_hook({record});
        DeliveryReport report;
        {
            const std::lock_guard lock(cluster_->mutex);
            if (cluster_->held && cluster_->held(record)) {
                cluster_->in_flight.push_back({this, record, std::move(on_report)});
                return;
            }
            report = cluster_->accept(record);
        }
        on_report(std::move(report));
    }

    bool flush(std::chrono::milliseconds /*timeout*/) override { return true; }

private:
    void call_hook(const std::vector<Record>& records) {
        std::function<void(const std::vector<Record>&)> hook;
        {
            const std::lock_guard lock(cluster_->mutex);
            ++cluster_->calls;
            hook = cluster_->hook;
        }
        if (hook) {
            hook(records);
        }
    }

    const std::shared_ptr<FakeCluster> cluster_;
};

FakeBroker::FakeBroker() : cluster_(std::make_shared<FakeCluster>()) {}

FakeBroker::~FakeBroker() = default;

void FakeBroker::create_topic(const std::string& name, int partitions) {
    const std::lock_guard lock(cluster_->mutex);
    cluster_->create_topic(name, partitions);
}

void FakeBroker::refuse_unknown_topics() {
    const std::lock_guard lock(cluster_->mutex);
    cluster_->makes_topics = false;
}

void FakeBroker::trim(const std::string& topic, std::int32_t partition, std::int64_t offset) {
    const std::lock_guard lock(cluster_->mutex);
    FakeLog* log = cluster_->log_of({topic, partition});
    while (log != nullptr && log->begin < offset && !log->records.empty()) {
        log->records.erase(log->records.begin());
        ++log->begin;
    }
}

std::unique_ptr<Producer> FakeBroker::connect() {
    const std::lock_guard lock(cluster_->mutex);
    ++cluster_->producers;
    return std::make_unique<Connection>(cluster_);
}

std::unique_ptr<kafka::ConsumerClient> FakeBroker::join(const std::string& group) {
    return make_fake_consumer_client(cluster_, group);
}

void FakeBroker::expel(const std::string& group) {
    const std::lock_guard lock(cluster_->mutex);
    for (FakeMember* member : cluster_->groups[group].members) {
        member->is_expelled = true;
    }
    cluster_->changed.notify_all();
}

std::optional<std::int64_t> FakeBroker::committed(
    const std::string& group, const std::string& topic, std::int32_t partition
) const {
    const std::lock_guard lock(cluster_->mutex);
    const auto& positions = cluster_->groups[group].committed;
    const auto found = positions.find({topic, partition});
    return found == positions.end() ? std::nullopt : std::optional(found->second.offset);
}

std::vector<Record> FakeBroker::records() const {
    const std::lock_guard lock(cluster_->mutex);
    return cluster_->records;
}

std::vector<Record> FakeBroker::records_of(const std::string& topic) const {
    std::vector<Record> some = records();
    std::erase_if(some, [&topic](const Record& record) { return record.topic != topic; });
    return some;
}

std::vector<std::string> FakeBroker::payloads_of(const std::string& key) const {
    std::vector<std::string> payloads;
    for (const Record& record : records()) {
        if (record.key == key) {
            payloads.push_back(record.payload.value_or(""));
        }
    }
    return payloads;
}

std::size_t FakeBroker::size() const {
    const std::lock_guard lock(cluster_->mutex);
    return cluster_->records.size();
}

int FakeBroker::producers() const {
    const std::lock_guard lock(cluster_->mutex);
    return cluster_->producers;
}

int FakeBroker::calls() const {
    const std::lock_guard lock(cluster_->mutex);
    return cluster_->calls;
}

void FakeBroker::set_away(bool away) {
    const std::lock_guard lock(cluster_->mutex);
    cluster_->is_away = away;
    cluster_->changed.notify_all();
}

void FakeBroker::refuse(std::function<bool(const Record&)> refused) {
    const std::lock_guard lock(cluster_->mutex);
    cluster_->refused = std::move(refused);
}

void FakeBroker::fail(std::function<bool(const Record&)> failing) {
    const std::lock_guard lock(cluster_->mutex);
    cluster_->failing = std::move(failing);
}

void FakeBroker::hold(std::function<bool(const Record&)> held) {
    std::vector<std::pair<Producer::OnReport, DeliveryReport>> reports;
    {
        const std::lock_guard lock(cluster_->mutex);
        cluster_->held = std::move(held);
        if (!cluster_->held) {
            for (FakeInFlight& each : std::exchange(cluster_->in_flight, {})) {
                reports.emplace_back(std::move(each.on_report), cluster_->accept(each.record));
            }
        }
    }
    for (auto& [on_report, report] : reports) {
        on_report(std::move(report));
    }
}

void FakeBroker::on_produce(std::function<void(const std::vector<Record>&)> hook) {
    const std::lock_guard lock(cluster_->mutex);
    cluster_->hook = std::move(hook);
}

}  // namespace carafe::testing
