#include "kafka/cluster_reader.h"

#include <array>
#include <functional>
#include <thread>

#include "carafe/errors.h"
#include "kafka/client_config.h"

namespace carafe::kafka {

namespace {

using Clock = std::chrono::steady_clock;
using OptionsPtr = std::unique_ptr<rd_kafka_AdminOptions_t, Destroy<rd_kafka_AdminOptions_destroy>>;
using GroupOffsetsPtr = std::unique_ptr<
    rd_kafka_ListConsumerGroupOffsets_t,
    Destroy<rd_kafka_ListConsumerGroupOffsets_destroy>>;

std::vector<TopicPartition> partitions_of(const rd_kafka_topic_partition_list_t* list) {
    std::vector<TopicPartition> partitions;
    for (int i = 0; list != nullptr && i < list->cnt; ++i) {
        partitions.push_back({list->elems[i].topic, list->elems[i].partition});
    }
    return partitions;
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

bool is_passing(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS ||
           error == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
           error == RD_KAFKA_RESP_ERR_NOT_COORDINATOR;
}

}  // namespace

class ClusterReader::Implementation {
public:
    Implementation(const Properties& properties, std::chrono::milliseconds timeout)
        : timeout_ms_(static_cast<int>(timeout.count())),
          client_(make_admin_client(properties)),
          queue_(rd_kafka_queue_new(client_.get())) {}

    using Send = std::function<
        void(rd_kafka_t* client, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t*)>;
    // A coordinator that has just started or moved is asked again.
    [[nodiscard]] EventPtr ask(const Send& send) const {
        constexpr std::chrono::milliseconds kPatience{100};
        const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms_);
        while (true) {
            EventPtr event = ask_once(send);
            const auto error = rd_kafka_event_error(event.get());
            if (!is_passing(error) || Clock::now() + kPatience > deadline) {
                check(error);
                return event;
            }
            std::this_thread::sleep_for(kPatience);
        }
    }

    [[nodiscard]] EventPtr ask_once(const Send& send) const {
        std::array<char, 256> reason{};
        const OptionsPtr options(rd_kafka_AdminOptions_new(client_.get(), RD_KAFKA_ADMIN_OP_ANY));
        rd_kafka_AdminOptions_set_request_timeout(
            options.get(), timeout_ms_, reason.data(), reason.size()
        );
        send(client_.get(), options.get(), queue_.get());
        constexpr int kGraceMs = 1000;  // the request times out first; its event always comes
        EventPtr event(rd_kafka_queue_poll(queue_.get(), timeout_ms_ + kGraceMs));
        if (!event) {
            throw TransientError("asking Kafka: no answer");
        }
        return event;
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
        check(rd_kafka_metadata(client_.get(), 1, nullptr, &raw, timeout_ms_));
        return MetadataPtr(raw);
    }

private:
    int timeout_ms_;
    ClientPtr client_;
    QueuePtr queue_;
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
    // Without a list of partitions: all that the group has committed.
    const GroupOffsetsPtr request(rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), nullptr));
    const EventPtr event = implementation_->ask([&](auto* client, auto* options, auto* queue) {
        rd_kafka_ListConsumerGroupOffsets_t* raw = request.get();
        rd_kafka_ListConsumerGroupOffsets(client, &raw, 1, options, queue);
    });
    std::size_t count = 0;
    const rd_kafka_group_result_t** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
        rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count
    );
    Offsets offsets;
    const auto* list = count == 0 ? nullptr : rd_kafka_group_result_partitions(groups[0]);
    for (int i = 0; list != nullptr && i < list->cnt; ++i) {
        const rd_kafka_topic_partition_t& entry = list->elems[i];
        if (entry.err == RD_KAFKA_RESP_ERR_NO_ERROR && entry.offset >= 0) {
            offsets[{entry.topic, entry.partition}] = entry.offset;
        }
    }
    return offsets;
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
