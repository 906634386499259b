#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "kafka/handles.h"
#include "kafka/properties.h"

namespace carafe::kafka {

using AdminRequest = std::function<
    void(rd_kafka_t* client, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* answers)>;

// Sends one request of the Admin API by any client. Its answer, which may be an error; empty when
// none came within `timeout` and a second.
EventPtr ask(rd_kafka_t* client, std::chrono::milliseconds timeout, const AdminRequest& request);

// Sends requests of librdkafka's Admin API and waits for their answers. Used by one thread.
class AdminClient {
public:
    // `timeout` is for each answer. Throws ConfigurationError.
    AdminClient(const Properties& properties, std::chrono::milliseconds timeout);

    // The answer, which may be an error; empty when none came. A coordinator that has just started
    // or moved is asked again while the timeout lasts.
    [[nodiscard]] EventPtr ask(const AdminRequest& request) const;
    // Asks for what the group has committed, for offsets_in(); null: of all partitions it has.
    [[nodiscard]] EventPtr ask_for_offsets(
        const std::string& group, const rd_kafka_topic_partition_list_t* partitions
    ) const;
    // Owned by the answer; null when it holds none.
    [[nodiscard]] static const rd_kafka_topic_partition_list_t* offsets_in(const EventPtr& answer);

    [[nodiscard]] rd_kafka_t* get() const { return client_.get(); }
    [[nodiscard]] std::chrono::milliseconds timeout() const { return timeout_; }
    [[nodiscard]] int timeout_ms() const { return static_cast<int>(timeout_.count()); }

private:
    std::chrono::milliseconds timeout_;
    ClientPtr client_;
};

}  // namespace carafe::kafka
