// What only the real producer can meet: a full queue, a fatal error, a broker that is away.
#include <gtest/gtest.h>

#include "carafe/testing/eventually.h"
#include "carafe/testing/kafka_fixture.h"
#include "carafe/testing/tcp_proxy.h"
#include "kafka/kafka_producer.h"

namespace carafe::kafka {
namespace {

using namespace std::chrono_literals;
using testing::eventually;
using testing::TcpProxy;
using Way = TcpProxy::Way;

class ProducerSpec : public ::testing::Test {
protected:
    Properties through_proxy() { return {{"bootstrap.servers", proxy->address()}}; }
    Record record(const std::string& payload) { return {topic, "k", payload, {}}; }
    std::vector<std::string> payloads() {
        std::vector<std::string> all;
        for (const auto& stored : kafka.read_all(topic)) {
            all.push_back(stored.payload.value_or(""));
        }
        return all;
    }

    testing::KafkaFixture kafka;
    std::string topic = kafka.create_topic("produced", 1);
    std::unique_ptr<TcpProxy> proxy = TcpProxy::for_kafka(kafka.brokers());
};

TEST_F(ProducerSpec, is_replaced_after_a_fatal_error_and_says_what_became_of_what_was_in_flight) {
    KafkaProducer producer(kafka.properties());
    EXPECT_EQ(producer.produce_one(record("before"), 20s).error, "");
    const auto broken = producer.connection();
    broken->provoke_fatal_error();
    auto in_flight = producer.produce_async(record("during"), 1s);
    ASSERT_TRUE(eventually([&] { return broken->fatal(); }));
    EXPECT_EQ(producer.produce_one(record("after"), 20s).error, "");
    EXPECT_NE(producer.connection(), broken);
    ASSERT_EQ(in_flight.wait_for(20s), std::future_status::ready);
    const DeliveryReport report = in_flight.get();
    EXPECT_TRUE(report.error.empty() || report.retriable) << report.error;
}

TEST_F(ProducerSpec, makes_its_callers_wait_for_room_and_says_when_there_is_none) {
    Properties properties = through_proxy();
    properties["queue.buffering.max.messages"] = "5";
    KafkaProducer producer(properties);
    EXPECT_EQ(producer.produce_one(record("first"), 20s).error, "");
    proxy->hold(Way::kToServer);
    std::vector<std::future<DeliveryReport>> futures;
    for (int number = 0; number < 5; ++number) {
        // The first record may take its room a moment longer than its report.
        futures.push_back(producer.produce_async(record(std::to_string(number)), 20s));
    }
    auto refused = producer.produce_async(record("too many"), 50ms);
    ASSERT_EQ(refused.wait_for(0s), std::future_status::ready) << "not handed over";
    const DeliveryReport report = refused.get();
    EXPECT_TRUE(report.retriable);
    EXPECT_NE(report.error.find("full"), std::string::npos) << report.error;
    EXPECT_FALSE(producer.flush(50ms));
    proxy->release();
    auto waited = producer.produce_async(record("with room"), 20s);
    EXPECT_EQ(waited.get().error, "");
    for (auto& future : futures) {
        EXPECT_EQ(future.get().error, "");
    }
    EXPECT_TRUE(producer.flush(20s));
    EXPECT_EQ(
        payloads(), (std::vector<std::string>{"first", "0", "1", "2", "3", "4", "with room"})
    );
}

TEST_F(ProducerSpec, writes_a_record_once_when_the_acknowledgement_is_lost) {
    KafkaProducer producer(through_proxy());
    EXPECT_EQ(producer.produce_one(record("first"), 20s).error, "");
    proxy->cut_after("second");
    EXPECT_EQ(producer.produce_one(record("second"), 20s).error, "");
    EXPECT_TRUE(proxy->has_cut());
    EXPECT_EQ(payloads(), (std::vector<std::string>{"first", "second"}));
}

TEST_F(ProducerSpec, settles_every_future_when_it_is_destroyed) {
    std::future<DeliveryReport> future;
    {
        KafkaProducer producer(through_proxy());
        EXPECT_EQ(producer.produce_one(record("first"), 20s).error, "");
        proxy->hold(Way::kToServer);
        future = producer.produce_async(record("lost"), 1s);
    }
    ASSERT_EQ(future.wait_for(0s), std::future_status::ready);
    EXPECT_TRUE(future.get().retriable);
}

}  // namespace
}  // namespace carafe::kafka
