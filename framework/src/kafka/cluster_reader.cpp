#include "kafka/cluster_reader.h"

#include "carafe/errors.h"
#include "kafka/admin_client.h"

namespace carafe::kafka {

namespace {

std::vector<TopicPartition> partitions_of(const rd_kafka_topic_partition_list_t* list) {
    std::vector<TopicPartition> partitions;
    for (int i = 0; list != nullptr && i < list->cnt; ++i) {
        partitions.push_back({list->elems[i].topic, list->elems[i].partition});
    }
    return partitions;
}

ClusterReader::Offsets known_offsets(const rd_kafka_topic_partition_list_t* list) {
    ClusterReader::Offsets offsets;
    for (int i = 0; list != nullptr && i < list->cnt; ++i) {
        const rd_kafka_topic_partition_t& entry = list->elems[i];
        if (entry.err == RD_KAFKA_RESP_ERR_NO_ERROR && entry.offset >= 0) {
            offsets[{entry.topic, entry.partition}] = entry.offset;
        }
    }
    return offsets;
}

GroupDescription::Member member_of(const rd_kafka_MemberDescription_t* member) {
    GroupDescription::Member read;
    read.client_id = rd_kafka_MemberDescription_client_id(member);
    read.host = rd_kafka_MemberDescription_host(member);
    if (const auto* assignment = rd_kafka_MemberDescription_assignment(member)) {
        read.partitions = partitions_of(rd_kafka_MemberAssignment_partitions(assignment));
    }
    return read;
}

void check(rd_kafka_resp_err_t error) {
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw TransientError(std::string("asking Kafka: ") + rd_kafka_err2str(error));
    }
}

EventPtr checked(EventPtr event) {
    if (!event) {
        throw TransientError("asking Kafka: no answer");
    }
    check(rd_kafka_event_error(event.get()));
    return event;
}

}  // namespace

class ClusterReader::Implementation {
public:
    Implementation(const Properties& properties, std::chrono::milliseconds timeout)
        : client_(properties, timeout) {}

    [[nodiscard]] EventPtr ask(const AdminRequest& request) const {
        return checked(client_.ask(request));
    }

    [[nodiscard]] Offsets committed(const std::string& group) const {
        const EventPtr event = checked(client_.ask_for_offsets(group, nullptr));
        return known_offsets(AdminClient::offsets_in(event));
    }

    [[nodiscard]] Offsets offsets(
        const std::vector<TopicPartition>& partitions, std::int64_t specification
    ) const {
        Offsets found;
        if (partitions.empty()) {
            return found;
        }
        const PartitionsPtr list = make_partitions(static_cast<int>(partitions.size()));
        for (const TopicPartition& each : partitions) {
            rd_kafka_topic_partition_list_add(list.get(), each.topic.c_str(), each.partition)
                ->offset = specification;
        }
        const EventPtr event = ask([&](auto* client, auto* options, auto* queue) {
            rd_kafka_ListOffsets(client, list.get(), options, queue);
        });
        std::size_t count = 0;
        const auto** infos = rd_kafka_ListOffsets_result_infos(
            rd_kafka_event_ListOffsets_result(event.get()), &count
        );
        for (std::size_t i = 0; i < count; ++i) {
            const auto* entry = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
            if (entry->err == RD_KAFKA_RESP_ERR_NO_ERROR && entry->offset >= 0) {
                found[{entry->topic, entry->partition}] = entry->offset;
            }
        }
        return found;
    }

    [[nodiscard]] MetadataPtr metadata() const {
        const rd_kafka_metadata_t* raw = nullptr;
        check(rd_kafka_metadata(client_.get(), 1, nullptr, &raw, client_.timeout_ms()));
        return MetadataPtr(raw);
    }

private:
    AdminClient client_;
};

ClusterReader::ClusterReader(
    const std::map<std::string, std::string>& properties, std::chrono::milliseconds timeout
)
    : implementation_(std::make_unique<Implementation>(properties, timeout)) {}

ClusterReader::~ClusterReader() = default;

std::map<std::string, int> ClusterReader::partition_counts() const {
    const MetadataPtr metadata = implementation_->metadata();
    std::map<std::string, int> counts;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        const std::string name = metadata->topics[i].topic;
        if (name.rfind("__", 0) != 0) {
            counts[name] = metadata->topics[i].partition_cnt;
        }
    }
    return counts;
}

ClusterReader::Offsets ClusterReader::first_offsets(const std::vector<TopicPartition>& partitions
) const {
    return implementation_->offsets(partitions, RD_KAFKA_OFFSET_SPEC_EARLIEST);
}

ClusterReader::Offsets ClusterReader::end_offsets(const std::vector<TopicPartition>& partitions
) const {
    return implementation_->offsets(partitions, RD_KAFKA_OFFSET_SPEC_LATEST);
}

ClusterReader::Offsets ClusterReader::offsets_since(
    const std::vector<TopicPartition>& partitions, std::chrono::system_clock::time_point since
) const {
    return implementation_->offsets(
        partitions,
        std::chrono::duration_cast<std::chrono::milliseconds>(since.time_since_epoch()).count()
    );
}

std::int32_t partition_of_key(const std::string& key, int partitions) {
    // A key decides alone: neither topic nor opaques are looked at.
    return rd_kafka_msg_partitioner_murmur2(
        nullptr, key.data(), key.size(), partitions, nullptr, nullptr
    );
}

ClusterReader::Offsets ClusterReader::committed(const std::string& group) const {
    return implementation_->committed(group);
}

GroupDescription ClusterReader::describe(const std::string& group) const {
    const EventPtr event = implementation_->ask([&](auto* client, auto* options, auto* queue) {
        const char* name = group.c_str();
        rd_kafka_DescribeConsumerGroups(client, &name, 1, options, queue);
    });
    std::size_t count = 0;
    const rd_kafka_ConsumerGroupDescription_t** groups =
        rd_kafka_DescribeConsumerGroups_result_groups(
            rd_kafka_event_DescribeConsumerGroups_result(event.get()), &count
        );
    if (count == 0) {
        throw TransientError("asking Kafka: no answer about the group");
    }
    if (const auto* error = rd_kafka_ConsumerGroupDescription_error(groups[0])) {
        check(rd_kafka_error_code(error));
    }
    GroupDescription description;
    description.state =
        rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupDescription_state(groups[0]));
    const std::size_t members = rd_kafka_ConsumerGroupDescription_member_count(groups[0]);
    for (std::size_t i = 0; i < members; ++i) {
        description.members.push_back(
            member_of(rd_kafka_ConsumerGroupDescription_member(groups[0], i))
        );
    }
    return description;
}

}  // namespace carafe::kafka
