#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "carafe/testing/kafka_fixture.h"
#include "carafe/testing/tcp_proxy.h"
#include "kafka/admin_client.h"

namespace carafe::kafka {

namespace {

using namespace std::chrono_literals;

// The description of a group, waited for by librdkafka longer than by us.
void ask_patiently(rd_kafka_t* client, rd_kafka_queue_t* answers) {
    std::array<char, 256> reason{};
    const std::unique_ptr<rd_kafka_AdminOptions_t, Destroy<rd_kafka_AdminOptions_destroy>> options(
        rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_ANY)
    );
    rd_kafka_AdminOptions_set_request_timeout(options.get(), 20'000, reason.data(), reason.size());
    const char* group = "nobody";
    rd_kafka_DescribeConsumerGroups(client, &group, 1, options.get(), answers);
}

TEST(AdminClient, does_not_take_a_late_answer_for_that_of_the_next_request) {
    testing::KafkaFixture kafka;
    const auto proxy = testing::TcpProxy::for_kafka(kafka.brokers());
    const AdminClient client({{"bootstrap.servers", proxy->address()}}, 300ms);
    const auto list_groups = [](auto* of, auto* options, auto* answers) {
        rd_kafka_ListConsumerGroups(of, options, answers);
    };
    ASSERT_NE(client.ask(list_groups), nullptr) << "connected";
    proxy->hold(testing::TcpProxy::Way::kToClient);
    EXPECT_EQ(
        client.ask([](auto* of, auto*, auto* answers) { ask_patiently(of, answers); }), nullptr
    );
    proxy->release();
    const EventPtr answer = client.ask(list_groups);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(rd_kafka_event_type(answer.get()), RD_KAFKA_EVENT_LISTCONSUMERGROUPS_RESULT);
}

}  // namespace

}  // namespace carafe::kafka
