#include "kafka/topic_ids.h"

#include <memory>
#include <vector>

#include "kafka/admin_client.h"

namespace carafe::kafka {

namespace {

using CollectionPtr =
    std::unique_ptr<rd_kafka_TopicCollection_t, Destroy<rd_kafka_TopicCollection_destroy>>;

}  // namespace

std::optional<std::map<std::string, std::string>> topic_ids(
    rd_kafka_t* client, const std::set<std::string>& topics, std::chrono::milliseconds timeout
) {
    std::vector<const char*> names;
    names.reserve(topics.size());
    for (const std::string& topic : topics) {
        names.push_back(topic.c_str());
    }
    const CollectionPtr wanted(rd_kafka_TopicCollection_of_topic_names(names.data(), names.size()));
    const EventPtr answer = ask(client, timeout, [&](auto* asked, auto* options, auto* answers) {
        rd_kafka_DescribeTopics(asked, wanted.get(), options, answers);
    });
    if (!answer || rd_kafka_event_error(answer.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return std::nullopt;
    }
    std::size_t count = 0;
    const rd_kafka_TopicDescription_t** found = rd_kafka_DescribeTopics_result_topics(
        rd_kafka_event_DescribeTopics_result(answer.get()), &count
    );
    std::map<std::string, std::string> ids;
    for (std::size_t index = 0; index < count; ++index) {
        const rd_kafka_error_t* error = rd_kafka_TopicDescription_error(found[index]);
        const rd_kafka_Uuid_t* id = rd_kafka_TopicDescription_topic_id(found[index]);
        const bool is_known = id != nullptr && (rd_kafka_Uuid_most_significant_bits(id) != 0 ||
                                                rd_kafka_Uuid_least_significant_bits(id) != 0);
        if (error == nullptr && is_known) {
            ids[rd_kafka_TopicDescription_name(found[index])] = rd_kafka_Uuid_base64str(id);
        }
    }
    return ids;
}

}  // namespace carafe::kafka
