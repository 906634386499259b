#include "kafka/admin_client.h"

#include <array>
#include <thread>

#include "kafka/client_config.h"

namespace carafe::kafka {

namespace {

using Clock = std::chrono::steady_clock;
using OptionsPtr = std::unique_ptr<rd_kafka_AdminOptions_t, Destroy<rd_kafka_AdminOptions_destroy>>;
using GroupOffsetsPtr = std::unique_ptr<
    rd_kafka_ListConsumerGroupOffsets_t,
    Destroy<rd_kafka_ListConsumerGroupOffsets_destroy>>;

bool is_passing(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS ||
           error == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
           error == RD_KAFKA_RESP_ERR_NOT_COORDINATOR;
}

}  // namespace

EventPtr ask(rd_kafka_t* client, std::chrono::milliseconds timeout, const AdminRequest& request) {
    const auto timeout_ms = static_cast<int>(timeout.count());
    std::array<char, 256> reason{};
    const OptionsPtr options(rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_ANY));
    rd_kafka_AdminOptions_set_request_timeout(
        options.get(), timeout_ms, reason.data(), reason.size()
    );
    // Each request has a queue of its own: on a machine that stood still its answer may come after
    // we have stopped waiting, and must not be taken for that of the next request.
    const QueuePtr answers(rd_kafka_queue_new(client));
    request(client, options.get(), answers.get());
    constexpr int kGraceMs = 1000;  // the request times out first
    return EventPtr(rd_kafka_queue_poll(answers.get(), timeout_ms + kGraceMs));
}

AdminClient::AdminClient(const Properties& properties, std::chrono::milliseconds timeout)
    : timeout_(timeout), client_(make_admin_client(properties)) {}

EventPtr AdminClient::ask(const AdminRequest& request) const {
    constexpr std::chrono::milliseconds kPatience{100};
    const auto deadline = Clock::now() + timeout_;
    while (true) {
        EventPtr answer = kafka::ask(client_.get(), timeout_, request);
        const bool is_final = !answer || !is_passing(rd_kafka_event_error(answer.get()));
        if (is_final || Clock::now() + kPatience > deadline) {
            return answer;
        }
        std::this_thread::sleep_for(kPatience);
    }
}

EventPtr AdminClient::ask_for_offsets(
    const std::string& group, const rd_kafka_topic_partition_list_t* partitions
) const {
    const GroupOffsetsPtr request(rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), partitions));
    return ask([&](auto* client, auto* options, auto* answers) {
        rd_kafka_ListConsumerGroupOffsets_t* raw = request.get();
        rd_kafka_ListConsumerGroupOffsets(client, &raw, 1, options, answers);
    });
}

const rd_kafka_topic_partition_list_t* AdminClient::offsets_in(const EventPtr& answer) {
    std::size_t count = 0;
    const rd_kafka_group_result_t** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
        rd_kafka_event_ListConsumerGroupOffsets_result(answer.get()), &count
    );
    return count == 0 ? nullptr : rd_kafka_group_result_partitions(groups[0]);
}

}  // namespace carafe::kafka
