#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carafe/errors.h"
#include "carafe/settings.h"

namespace carafe::kafka {

// The version of librdkafka in use.
std::string client_version();
// Throws ConfigurationError for a property that librdkafka does not know or take.
void check_properties(const std::map<std::string, std::string>& properties);

// A topic as the cluster has it.
struct TopicState {
    int partitions = 0;
    int replication = 0;
    std::map<std::string, std::string> config;  // set on the topic itself, defaults left out
};

// The broker refused a request for its own sake: asking again would be refused again.
class AdminError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Reads and changes the topics of a cluster. Used by one thread; every call waits for the broker's
// answer, at most `timeout`. All throw TransientError when no broker answers, AdminError with the
// topic and the broker's reason when it refuses.
class Admin {
public:
    // `properties` are librdkafka's. Throws ConfigurationError.
    explicit Admin(
        const std::map<std::string, std::string>& properties,
        std::chrono::milliseconds timeout = std::chrono::seconds(10)
    );
    ~Admin();
    Admin(const Admin&) = delete;
    Admin& operator=(const Admin&) = delete;

    // All topics but Kafka's internal ones, without their config.
    [[nodiscard]] std::map<std::string, TopicState> topics() const;
    // The config of these topics, which must exist.
    [[nodiscard]] std::map<std::string, std::map<std::string, std::string>> configs(
        const std::vector<std::string>& topics
    ) const;

    void create(const TopicSettings& topic);
    void grow(const std::string& topic, int partitions);
    // Sets these properties and leaves the others alone.
    void set_config(const std::string& topic, const std::map<std::string, std::string>& config);
    void remove(const std::string& topic);

    // Waits until every partition of the topic has a leader that serves it. False when that took
    // longer than the timeout.
    [[nodiscard]] bool wait_until_visible(const std::string& topic, int partitions) const;

    // The group's committed offset; empty when there is none.
    [[nodiscard]] std::optional<std::int64_t> committed(
        const std::string& group, const std::string& topic, std::int32_t partition
    ) const;

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe::kafka
