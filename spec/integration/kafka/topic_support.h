#pragma once

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "carafe/producer.h"
#include "kafka/admin.h"

namespace carafe::spec {

// The broker of KAFKA_BROKERS, as properties.
inline std::map<std::string, std::string> broker() {
    const char* brokers = std::getenv("KAFKA_BROKERS");
    if (brokers == nullptr) {
        throw std::runtime_error("set KAFKA_BROKERS or run bin/test");
    }
    return {{"bootstrap.servers", brokers}};
}

// Topics with unique names, removed at the end.
class Topics {
public:
    Topics() : admin_(broker()) {}
    ~Topics() {
        for (const std::string& name : names_) {
            try {
                admin_.remove(name);
            } catch (const std::exception&) {  // the spec did not get as far as creating it
            }
        }
    }
    Topics(const Topics&) = delete;
    Topics& operator=(const Topics&) = delete;

    // A name that no other run uses; the topic is removed if it comes to exist.
    std::string name(const std::string& base) {
        static std::atomic<int> count{0};
        const auto now = std::chrono::system_clock::now().time_since_epoch().count();
        names_.push_back(
            base + "-" + std::to_string(getpid()) + "-" + std::to_string(now) + "-" +
            std::to_string(++count)
        );
        return names_.back();
    }

    std::string create(const std::string& base, int partitions = 1) {
        const std::string topic = name(base);
        TopicSettings settings;
        settings.name = topic;
        settings.partitions = partitions;
        admin_.create(settings);
        if (!admin_.wait_until_visible(topic, partitions)) {
            throw std::runtime_error("topic " + topic + " has no leaders");
        }
        return topic;
    }

    void produce(const std::vector<Record>& records) {
        const auto producer = make_producer(broker());
        for (const DeliveryReport& report : producer->produce(records, std::chrono::seconds(20))) {
            if (!report.error.empty()) {
                throw std::runtime_error(report.error);
            }
        }
    }

    kafka::Admin& admin() { return admin_; }

private:
    kafka::Admin admin_;
    std::vector<std::string> names_;
};

}  // namespace carafe::spec
