#include "kafka/admin.h"

#include <algorithm>
#include <thread>

#include "kafka/admin_client.h"
#include "kafka/client_config.h"

namespace carafe::kafka {

namespace {

using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, Destroy<rd_kafka_NewTopic_destroy>>;
using DeleteTopicPtr =
    std::unique_ptr<rd_kafka_DeleteTopic_t, Destroy<rd_kafka_DeleteTopic_destroy>>;
using NewPartitionsPtr =
    std::unique_ptr<rd_kafka_NewPartitions_t, Destroy<rd_kafka_NewPartitions_destroy>>;
using ResourcePtr =
    std::unique_ptr<rd_kafka_ConfigResource_t, Destroy<rd_kafka_ConfigResource_destroy>>;

// The broker may be asked again later: it is away, or still electing.
bool is_transient(rd_kafka_resp_err_t error) {
    switch (error) {
        case RD_KAFKA_RESP_ERR__TIMED_OUT:
        case RD_KAFKA_RESP_ERR__TRANSPORT:
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
        case RD_KAFKA_RESP_ERR__RESOLVE:
        case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
        case RD_KAFKA_RESP_ERR_NOT_CONTROLLER:
        case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
        case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
            return true;
        default:
            return false;
    }
}

void check_topics(const rd_kafka_topic_result_t** results, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (rd_kafka_topic_result_error(results[i]) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            throw AdminError(
                "topic '" + std::string(rd_kafka_topic_result_name(results[i])) +
                "': " + rd_kafka_topic_result_error_string(results[i])
            );
        }
    }
}

void check_resource(const rd_kafka_ConfigResource_t* resource) {
    if (rd_kafka_ConfigResource_error(resource) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw AdminError(
            "topic '" + std::string(rd_kafka_ConfigResource_name(resource)) +
            "': " + rd_kafka_ConfigResource_error_string(resource)
        );
    }
}

std::map<std::string, std::string> own_config(const rd_kafka_ConfigResource_t* resource) {
    std::map<std::string, std::string> config;
    std::size_t count = 0;
    const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
    for (std::size_t i = 0; i < count; ++i) {
        const char* value = rd_kafka_ConfigEntry_value(entries[i]);
        if (rd_kafka_ConfigEntry_source(entries[i]) ==
                RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG &&
            value != nullptr) {
            config[rd_kafka_ConfigEntry_name(entries[i])] = value;
        }
    }
    return config;
}

TopicState state_of(const rd_kafka_metadata_topic& topic) {
    TopicState state;
    state.partitions = topic.partition_cnt;
    state.replication = topic.partition_cnt == 0 ? 0 : topic.partitions[0].replica_cnt;
    return state;
}

bool has_leaders(const rd_kafka_metadata_topic& topic, int partitions) {
    return topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && topic.partition_cnt >= partitions &&
           std::all_of(
               topic.partitions,
               topic.partitions + topic.partition_cnt,
               [](const rd_kafka_metadata_partition& partition) { return partition.leader >= 0; }
           );
}

}  // namespace

std::string client_version() {
    return rd_kafka_version_str();
}

void check_properties(const std::map<std::string, std::string>& properties) {
    (void)make_conf(properties);
}

class Admin::Implementation {
public:
    Implementation(const Properties& properties, std::chrono::milliseconds timeout)
        : brokers_(
              properties.count("bootstrap.servers") == 1 ? properties.at("bootstrap.servers") : ""
          ),
          client_(properties, timeout) {}

    // Sends one request and gives its answer.
    [[nodiscard]] EventPtr ask(const AdminRequest& request) const {
        return checked(client_.ask(request));
    }

    // Of one partition.
    [[nodiscard]] std::optional<std::int64_t> committed(
        const std::string& group, const std::string& topic, std::int32_t partition
    ) const {
        const PartitionsPtr wanted = make_partitions(1);
        rd_kafka_topic_partition_list_add(wanted.get(), topic.c_str(), partition);
        const EventPtr event = checked(client_.ask_for_offsets(group, wanted.get()));
        const auto* list = AdminClient::offsets_in(event);
        if (list == nullptr || list->cnt == 0 || list->elems[0].offset < 0) {
            return std::nullopt;
        }
        return list->elems[0].offset;
    }

    [[nodiscard]] MetadataPtr metadata() const {
        const rd_kafka_metadata_t* raw = nullptr;
        const rd_kafka_resp_err_t error =
            rd_kafka_metadata(client_.get(), 1, nullptr, &raw, client_.timeout_ms());
        check(error, rd_kafka_err2str(error));
        return MetadataPtr(raw);
    }

    // Whether the leader of each partition serves it: the cluster's metadata says so a moment
    // earlier.
    [[nodiscard]] bool leaders_answer(const std::string& topic, int partitions) const {
        for (std::int32_t partition = 0; partition < partitions; ++partition) {
            std::int64_t low = 0;
            std::int64_t high = 0;
            if (rd_kafka_query_watermark_offsets(
                    client_.get(), topic.c_str(), partition, &low, &high, client_.timeout_ms()
                ) != RD_KAFKA_RESP_ERR_NO_ERROR) {
                return false;
            }
        }
        return true;
    }

    [[nodiscard]] std::chrono::milliseconds timeout() const { return client_.timeout(); }

private:
    [[nodiscard]] TransientError unavailable(const std::string& reason) const {
        return TransientError(
            "no Kafka broker answers at " + brokers_ + " (" + reason +
            "); is it running, and is bootstrap.servers right?"
        );
    }

    [[nodiscard]] EventPtr checked(EventPtr event) const {
        if (!event) {
            throw unavailable("no answer");
        }
        check(rd_kafka_event_error(event.get()), rd_kafka_event_error_string(event.get()));
        return event;
    }

    void check(rd_kafka_resp_err_t error, const char* text) const {
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
            return;
        }
        if (is_transient(error)) {
            throw unavailable(text);
        }
        throw AdminError(text);
    }

    std::string brokers_;
    AdminClient client_;
};

Admin::Admin(
    const std::map<std::string, std::string>& properties, std::chrono::milliseconds timeout
)
    : implementation_(std::make_unique<Implementation>(properties, timeout)) {}

Admin::~Admin() = default;

std::map<std::string, TopicState> Admin::topics() const {
    const MetadataPtr metadata = implementation_->metadata();
    std::map<std::string, TopicState> topics;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        const rd_kafka_metadata_topic& topic = metadata->topics[i];
        if (std::string_view(topic.topic).substr(0, 2) != "__") {
            topics[topic.topic] = state_of(topic);
        }
    }
    return topics;
}

std::map<std::string, std::map<std::string, std::string>> Admin::configs(
    const std::vector<std::string>& topics
) const {
    std::map<std::string, std::map<std::string, std::string>> configs;
    if (topics.empty()) {
        return configs;
    }
    std::vector<ResourcePtr> owned;
    std::vector<rd_kafka_ConfigResource_t*> resources;
    for (const std::string& topic : topics) {
        owned.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
        resources.push_back(owned.back().get());
    }
    const EventPtr event = implementation_->ask([&](auto* client, auto* options, auto* queue) {
        rd_kafka_DescribeConfigs(client, resources.data(), resources.size(), options, queue);
    });
    std::size_t count = 0;
    const rd_kafka_ConfigResource_t** results = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event.get()), &count
    );
    for (std::size_t i = 0; i < count; ++i) {
        check_resource(results[i]);
        configs[rd_kafka_ConfigResource_name(results[i])] = own_config(results[i]);
    }
    return configs;
}

void Admin::create(const TopicSettings& topic) {
    std::array<char, 256> reason{};
    const NewTopicPtr created(rd_kafka_NewTopic_new(
        topic.name.c_str(), topic.partitions, topic.replication, reason.data(), reason.size()
    ));
    if (!created) {
        throw AdminError("topic '" + topic.name + "': " + reason.data());
    }
    for (const auto& [name, value] : topic.config) {
        rd_kafka_NewTopic_set_config(created.get(), name.c_str(), value.c_str());
    }
    const EventPtr event = implementation_->ask([&](auto* client, auto* options, auto* queue) {
        rd_kafka_NewTopic_t* request = created.get();
        rd_kafka_CreateTopics(client, &request, 1, options, queue);
    });
    std::size_t count = 0;
    const auto* result = rd_kafka_event_CreateTopics_result(event.get());
    const rd_kafka_topic_result_t** topics = rd_kafka_CreateTopics_result_topics(result, &count);
    check_topics(topics, count);
}

void Admin::grow(const std::string& topic, int partitions) {
    std::array<char, 256> reason{};
    const NewPartitionsPtr grown(rd_kafka_NewPartitions_new(
        topic.c_str(), static_cast<std::size_t>(partitions), reason.data(), reason.size()
    ));
    if (!grown) {
        throw AdminError("topic '" + topic + "': " + reason.data());
    }
    const EventPtr event = implementation_->ask([&](auto* client, auto* options, auto* queue) {
        rd_kafka_NewPartitions_t* request = grown.get();
        rd_kafka_CreatePartitions(client, &request, 1, options, queue);
    });
    std::size_t count = 0;
    const auto* result = rd_kafka_event_CreatePartitions_result(event.get());
    const rd_kafka_topic_result_t** topics =
        rd_kafka_CreatePartitions_result_topics(result, &count);
    check_topics(topics, count);
}

void Admin::set_config(const std::string& topic, const std::map<std::string, std::string>& config) {
    const ResourcePtr resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    for (const auto& [name, value] : config) {
        const ErrorPtr error(rd_kafka_ConfigResource_add_incremental_config(
            resource.get(), name.c_str(), RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET, value.c_str()
        ));
        if (error) {
            throw AdminError("topic '" + topic + "': " + rd_kafka_error_string(error.get()));
        }
    }
    const EventPtr event = implementation_->ask([&](auto* client, auto* options, auto* queue) {
        rd_kafka_ConfigResource_t* request = resource.get();
        rd_kafka_IncrementalAlterConfigs(client, &request, 1, options, queue);
    });
    std::size_t count = 0;
    const rd_kafka_ConfigResource_t** results = rd_kafka_IncrementalAlterConfigs_result_resources(
        rd_kafka_event_IncrementalAlterConfigs_result(event.get()), &count
    );
    for (std::size_t i = 0; i < count; ++i) {
        check_resource(results[i]);
    }
}

void Admin::remove(const std::string& topic) {
    const DeleteTopicPtr removed(rd_kafka_DeleteTopic_new(topic.c_str()));
    const EventPtr event = implementation_->ask([&](auto* client, auto* options, auto* queue) {
        rd_kafka_DeleteTopic_t* request = removed.get();
        rd_kafka_DeleteTopics(client, &request, 1, options, queue);
    });
    std::size_t count = 0;
    const auto* result = rd_kafka_event_DeleteTopics_result(event.get());
    const rd_kafka_topic_result_t** topics = rd_kafka_DeleteTopics_result_topics(result, &count);
    check_topics(topics, count);
}

bool Admin::wait_until_visible(const std::string& topic, int partitions) const {
    const auto deadline = std::chrono::steady_clock::now() + implementation_->timeout();
    while (true) {
        const MetadataPtr metadata = implementation_->metadata();
        for (int i = 0; i < metadata->topic_cnt; ++i) {
            if (topic == metadata->topics[i].topic &&
                has_leaders(metadata->topics[i], partitions) &&
                implementation_->leaders_answer(topic, partitions)) {
                return true;
            }
        }
        if (std::chrono::steady_clock::now() >= deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

std::optional<std::int64_t> Admin::committed(
    const std::string& group, const std::string& topic, std::int32_t partition
) const {
    return implementation_->committed(group, topic, partition);
}

}  // namespace carafe::kafka
