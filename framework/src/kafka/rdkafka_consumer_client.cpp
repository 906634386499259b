#include "kafka/rdkafka_consumer_client.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <set>

#include "carafe/log.h"
#include "kafka/client_config.h"
#include "kafka/rdkafka_partition_queue.h"
#include "kafka/topic_ids.h"
#include "kafka/wake_pipe.h"

namespace carafe::kafka {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint32_t kEventsToken = std::numeric_limits<std::uint32_t>::max();

int milliseconds_left(Clock::time_point deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return left > 0 ? static_cast<int>(left) : 0;
}

PartitionsPtr to_native(const std::vector<TopicPartition>& partitions) {
    PartitionsPtr list = make_partitions(static_cast<int>(partitions.size()));
    for (const auto& [topic, partition] : partitions) {
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
    }
    return list;
}

// librdkafka takes the metadata for its own, and frees it.
void set_metadata(rd_kafka_topic_partition_t& entry, const std::string& metadata) {
    if (metadata.empty()) {
        return;
    }
    entry.metadata = std::malloc(metadata.size());  // NOLINT(*-no-malloc)
    if (entry.metadata == nullptr) {
        throw std::bad_alloc();
    }
    std::memcpy(entry.metadata, metadata.data(), metadata.size());
    entry.metadata_size = metadata.size();
}

PartitionsPtr to_native(const std::vector<PartitionPosition>& positions) {
    PartitionsPtr list = make_partitions(static_cast<int>(positions.size()));
    for (const auto& [partition, position] : positions) {
        rd_kafka_topic_partition_t* entry = rd_kafka_topic_partition_list_add(
            list.get(), partition.topic.c_str(), partition.partition
        );
        entry->offset = position.offset;
        set_metadata(*entry, position.metadata);
    }
    return list;
}

std::string metadata_of(const rd_kafka_topic_partition_t& entry) {
    return entry.metadata == nullptr
               ? std::string()
               : std::string(static_cast<const char*>(entry.metadata), entry.metadata_size);
}

std::vector<TopicPartition> from_native(const rd_kafka_topic_partition_list_t& list) {
    std::vector<TopicPartition> partitions;
    partitions.reserve(static_cast<std::size_t>(list.cnt));
    for (int index = 0; index < list.cnt; ++index) {
        partitions.push_back({list.elems[index].topic, list.elems[index].partition});
    }
    return partitions;
}

CommitResult to_result(rd_kafka_resp_err_t error) {
    switch (error) {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
        case RD_KAFKA_RESP_ERR__NO_OFFSET:
            return CommitResult::kCommitted;
        case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
        case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
        case RD_KAFKA_RESP_ERR_FENCED_MEMBER_EPOCH:
        case RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST:
            return CommitResult::kNotAMember;
        default:
            return CommitResult::kUnavailable;
    }
}

std::optional<std::string> text_of(const ErrorPtr& error) {
    if (!error) {
        return std::nullopt;
    }
    return rd_kafka_error_string(error.get());
}

class RdKafkaConsumerClient final : public ConsumerClient {
public:
    RdKafkaConsumerClient(const std::string& group, const Properties& properties) {
        Properties all = merged(consumer_properties(), properties);
        all["group.id"] = group;
        ConfPtr conf = make_conf(all);
        rd_kafka_conf_set_events(
            conf.get(),
            RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_OFFSET_COMMIT | RD_KAFKA_EVENT_ERROR |
                RD_KAFKA_EVENT_LOG
        );
        client_ = make_client(RD_KAFKA_CONSUMER, std::move(conf));
        log_to_queue(client_.get());
        rd_kafka_poll_set_consumer(client_.get());
        events_.reset(rd_kafka_queue_get_consumer(client_.get()));
        rd_kafka_queue_io_event_enable(
            events_.get(), pipe_.write_end(), &kEventsToken, sizeof kEventsToken
        );
    }

    ~RdKafkaConsumerClient() override {
        rd_kafka_queue_io_event_enable(events_.get(), -1, nullptr, 0);
        events_.reset();
        rd_kafka_destroy_flags(client_.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    }
    RdKafkaConsumerClient(const RdKafkaConsumerClient&) = delete;
    RdKafkaConsumerClient& operator=(const RdKafkaConsumerClient&) = delete;

    void subscribe(const std::vector<std::string>& topics) override {
        const PartitionsPtr list = make_partitions(static_cast<int>(topics.size()));
        for (const std::string& topic : topics) {
            rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
        }
        const rd_kafka_resp_err_t error = rd_kafka_subscribe(client_.get(), list.get());
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            throw ConfigurationError(std::string("cannot subscribe: ") + rd_kafka_err2str(error));
        }
    }

    void poll(Listener& listener, std::chrono::milliseconds timeout) override {
        for (const std::uint32_t token : pipe_.read(timeout)) {
            if (token != kEventsToken) {
                listener.on_readable(token);
            }
        }
        while (const EventPtr event{rd_kafka_queue_poll(events_.get(), 0)}) {
            handle(event.get(), listener);
        }
    }

    void wake() override { pipe_.write(kEventsToken); }

    bool is_member() override {
        char* id = rd_kafka_memberid(client_.get());
        const bool is_known = id != nullptr && *id != '\0';
        if (id != nullptr) {
            rd_kafka_mem_free(client_.get(), id);
        }
        return is_known;
    }

    std::int32_t generation() override {
        const std::unique_ptr<
            rd_kafka_consumer_group_metadata_t,
            decltype(&rd_kafka_consumer_group_metadata_destroy)>
            metadata(
                rd_kafka_consumer_group_metadata(client_.get()),
                &rd_kafka_consumer_group_metadata_destroy
            );
        return metadata ? rd_kafka_consumer_group_metadata_generation_id(metadata.get()) : -1;
    }

    std::optional<std::vector<PartitionPosition>> start_positions(
        const std::vector<TopicPartition>& partitions, std::chrono::milliseconds timeout
    ) override {
        const auto deadline = Clock::now() + timeout;
        const PartitionsPtr list = to_native(partitions);
        if (rd_kafka_committed(client_.get(), list.get(), milliseconds_left(deadline)) !=
            RD_KAFKA_RESP_ERR_NO_ERROR) {
            return std::nullopt;
        }
        std::set<std::string> topics;
        for (const TopicPartition& partition : partitions) {
            topics.insert(partition.topic);
        }
        const auto ids = topic_ids(
            client_.get(), topics, std::chrono::milliseconds(milliseconds_left(deadline))
        );
        if (!ids) {
            return std::nullopt;
        }
        std::vector<PartitionPosition> positions;
        for (int index = 0; index < list->cnt; ++index) {
            const rd_kafka_topic_partition_t& entry = list->elems[index];
            std::int64_t start = entry.offset;
            std::int64_t high = 0;
            if (start < 0 && rd_kafka_query_watermark_offsets(
                                 client_.get(),
                                 entry.topic,
                                 entry.partition,
                                 &start,
                                 &high,
                                 milliseconds_left(deadline)
                             ) != RD_KAFKA_RESP_ERR_NO_ERROR) {
                return std::nullopt;
            }
            const auto id = ids->find(entry.topic);
            positions.push_back(
                {{entry.topic, entry.partition},
                 {start, metadata_of(entry), id == ids->end() ? "" : id->second}}
            );
        }
        return positions;
    }

    std::unique_ptr<PartitionQueue> open_queue(const TopicPartition& partition, std::uint32_t token)
        override {
        QueuePtr queue(rd_kafka_queue_get_partition(
            client_.get(), partition.topic.c_str(), partition.partition
        ));
        rd_kafka_queue_forward(queue.get(), nullptr);  // before assign, or records leak past it
        rd_kafka_queue_io_event_enable(queue.get(), pipe_.write_end(), &token, sizeof token);
        return make_partition_queue(std::move(queue), partition.topic);
    }

    std::optional<std::string> assign(const std::vector<PartitionPosition>& partitions) override {
        return text_of(
            ErrorPtr(rd_kafka_incremental_assign(client_.get(), to_native(partitions).get()))
        );
    }

    std::optional<std::string> unassign(const std::vector<TopicPartition>& partitions) override {
        return text_of(
            ErrorPtr(rd_kafka_incremental_unassign(client_.get(), to_native(partitions).get()))
        );
    }

    void store_offsets(const std::vector<PartitionPosition>& positions) override {
        rd_kafka_offsets_store(client_.get(), to_native(positions).get());
    }

    void commit_async(const PartitionPosition& position, std::uint64_t request) override {
        const PartitionsPtr list = to_native(std::vector{position});
        // The opaque comes back with the answer; librdkafka never looks at what it points to.
        // NOLINTNEXTLINE(performance-no-int-to-ptr)
        void* opaque = reinterpret_cast<void*>(request);
        rd_kafka_commit_queue(client_.get(), list.get(), events_.get(), nullptr, opaque);
    }

    CommitResult commit(
        const std::vector<PartitionPosition>& positions, std::chrono::milliseconds timeout
    ) override {
        const PartitionsPtr list = to_native(positions);
        const QueuePtr answer(rd_kafka_queue_new(client_.get()));
        rd_kafka_commit_queue(client_.get(), list.get(), answer.get(), nullptr, nullptr);
        const EventPtr event(rd_kafka_queue_poll(answer.get(), static_cast<int>(timeout.count())));
        return event ? to_result(rd_kafka_event_error(event.get())) : CommitResult::kUnavailable;
    }

    bool close(Listener& listener, std::chrono::milliseconds timeout) override {
        const auto deadline = Clock::now() + timeout;
        const ErrorPtr error(rd_kafka_consumer_close_queue(client_.get(), events_.get()));
        while (!error && rd_kafka_consumer_closed(client_.get()) == 0) {
            if (Clock::now() >= deadline) {
                return false;
            }
            constexpr int kPollMs = 50;
            if (const EventPtr event{rd_kafka_queue_poll(events_.get(), kPollMs)}) {
                handle(event.get(), listener);
            }
        }
        return true;
    }

private:
    void handle(rd_kafka_event_t* event, Listener& listener) {
        switch (rd_kafka_event_type(event)) {
            case RD_KAFKA_EVENT_REBALANCE:
                handle_rebalance(event, listener);
                break;
            case RD_KAFKA_EVENT_OFFSET_COMMIT:
                handle_commit(event, listener);
                break;
            case RD_KAFKA_EVENT_ERROR:
                listener.on_error(
                    rd_kafka_event_error_string(event), rd_kafka_event_error_is_fatal(event) != 0
                );
                break;
            case RD_KAFKA_EVENT_LOG:
                print_log_event(event);
                break;
            default:
                break;
        }
    }

    void handle_rebalance(rd_kafka_event_t* event, Listener& listener) {
        const auto partitions = from_native(*rd_kafka_event_topic_partition_list(event));
        switch (rd_kafka_event_error(event)) {
            case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
                listener.on_assigned(partitions);
                break;
            case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
                listener.on_revoked(partitions, rd_kafka_assignment_lost(client_.get()) != 0);
                break;
            default:
                listener.on_error(rd_kafka_event_error_string(event), false);
                rd_kafka_assign(client_.get(), nullptr);
                break;
        }
    }

    static void handle_commit(rd_kafka_event_t* event, Listener& listener) {
        const auto request = reinterpret_cast<std::uint64_t>(rd_kafka_event_opaque(event));
        if (request != 0) {  // zero: the background commit
            listener.on_committed(request, to_result(rd_kafka_event_error(event)));
        }
    }

    WakePipe pipe_;  // outlives the client, which writes to it
    ClientPtr client_;
    QueuePtr events_;
};

}  // namespace

std::unique_ptr<ConsumerClient> make_consumer_client(
    const std::string& group, const Properties& properties
) {
    return std::make_unique<RdKafkaConsumerClient>(group, properties);
}

}  // namespace carafe::kafka
