#include "carafe/testing/kafka_fixture.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "kafka/admin.h"
#include "kafka/log_reader.h"

namespace carafe::testing {

namespace {

std::string brokers_from_environment() {
    const char* brokers = std::getenv("KAFKA_BROKERS");
    if (brokers == nullptr) {
        throw std::runtime_error("set KAFKA_BROKERS or run bin/test");
    }
    return brokers;
}

std::string unique_suffix() {
    static std::atomic<int> count{0};
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    return std::to_string(::getpid()) + "-" + std::to_string(now) + "-" + std::to_string(++count);
}

StoredRecord copy(const Message& message) {
    StoredRecord record;
    record.partition = message.partition();
    record.offset = message.offset();
    record.key = message.key();
    record.payload = message.payload();
    for (const Header& header : message.headers()) {
        record.headers.emplace_back(header.name, header.value);
    }
    return record;
}

}  // namespace

class KafkaFixture::Client {
public:
    explicit Client(const std::string& brokers) : admin({{"bootstrap.servers", brokers}}) {}

    kafka::Admin admin;
};

std::optional<std::string> StoredRecord::header(const std::string& name) const {
    for (const auto& [known, value] : headers) {
        if (known == name) {
            return value;
        }
    }
    return std::nullopt;
}

KafkaFixture::KafkaFixture()
    : brokers_(brokers_from_environment()),
      suffix_(unique_suffix()),
      client_(std::make_unique<Client>(brokers_)) {}

KafkaFixture::~KafkaFixture() {
    for (const std::string& topic : topics_) {
        try {
            client_->admin.remove(topic);
        } catch (const std::exception&) {
            continue;  // the spec may have removed it, or the broker
        }
    }
}

std::string KafkaFixture::create_topic(const std::string& name, int partitions, int replication) {
    TopicSettings settings;
    settings.name = topic_name(name);
    settings.partitions = partitions;
    settings.replication = replication;
    client_->admin.create(settings);
    topics_.push_back(settings.name);
    if (!client_->admin.wait_until_visible(settings.name, partitions)) {
        throw std::runtime_error("no leader for " + settings.name);
    }
    return settings.name;
}

std::string KafkaFixture::topic_name(const std::string& name) const {
    return name + "-" + suffix_;
}

std::string KafkaFixture::group(const std::string& name) const {
    return name + "-" + suffix_;
}

std::map<std::string, std::string> KafkaFixture::properties() const {
    return {{"bootstrap.servers", brokers_}};
}

void KafkaFixture::produce(const std::vector<Record>& records) {
    const auto producer = make_producer(properties());
    for (const DeliveryReport& report : producer->produce(records, std::chrono::seconds(30))) {
        if (!report.error.empty()) {
            throw std::runtime_error("produce: " + report.error);
        }
    }
}

std::vector<StoredRecord> KafkaFixture::read_all(const std::string& topic) const {
    std::vector<StoredRecord> records;
    kafka::LogReader reader(properties());
    for (const kafka::LogRange& range : reader.ranges(topic)) {
        reader.read({range}, [&records](const Message& message) {
            records.push_back(copy(message));
            return true;
        });
    }
    return records;
}

std::optional<std::int64_t> KafkaFixture::committed(
    const std::string& group, const std::string& topic, std::int32_t partition
) const {
    return client_->admin.committed(group, topic, partition);
}

}  // namespace carafe::testing
