#include <gtest/gtest.h>

#include "carafe/errors.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/kafka_fixture.h"
#include "carafe/testing/tcp_proxy.h"
#include "carafe/transactional_producer.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using testing::TcpProxy;

class TransactionalProducerSpec : public ::testing::Test {
protected:
    std::unique_ptr<TransactionalProducer> make() {
        return make_transactional_producer(id, kafka.properties());
    }
    [[nodiscard]] Consumed up_to(std::int64_t next) const { return {group, {{from, 0, next}}}; }
    [[nodiscard]] Record record(const std::string& payload) const { return {to, "k", payload, {}}; }
    // As a reader sees it that reads committed records only; the broker marks them as such a moment
    // after it has said that they are.
    [[nodiscard]] bool shows(const std::vector<std::string>& payloads) {
        return testing::eventually([&] { return visible() == payloads; });
    }
    [[nodiscard]] bool has_come_to(std::int64_t offset) {
        return testing::eventually([&] { return kafka.committed(group, from, 0) == offset; });
    }
    std::vector<std::string> visible() {
        std::vector<std::string> all;
        for (const auto& stored : kafka.read_all(to)) {
            all.push_back(stored.payload.value_or(""));
        }
        return all;
    }

    testing::KafkaFixture kafka;
    std::string from = kafka.create_topic("from", 1);
    std::string to = kafka.create_topic("to", 1);
    std::string group = kafka.group("transformers");
    std::string id = kafka.group("id");
};

TEST_F(TransactionalProducerSpec, makes_records_and_positions_visible_together) {
    const auto producer = make();
    producer->commit({record("1"), record("2")}, up_to(7), 20s);
    EXPECT_TRUE(shows({"1", "2"})) << visible().size();
    EXPECT_TRUE(has_come_to(7));
    producer->commit({record("3")}, up_to(9), 20s);
    EXPECT_TRUE(shows({"1", "2", "3"})) << visible().size();
    EXPECT_TRUE(has_come_to(9));
}

TEST_F(TransactionalProducerSpec, has_no_effect_when_one_record_is_refused_and_goes_on_afterwards) {
    const auto producer = make();
    producer->commit({record("1")}, up_to(1), 20s);
    const Record too_large = record(std::string(2'000'000, 'x'));
    EXPECT_THROW(producer->commit({record("2"), too_large}, up_to(2), 20s), std::runtime_error);
    EXPECT_TRUE(shows({"1"})) << visible().size();
    EXPECT_TRUE(has_come_to(1));
    producer->commit({record("3")}, up_to(3), 20s);
    EXPECT_TRUE(shows({"1", "3"})) << visible().size();
    EXPECT_TRUE(has_come_to(3));
}

TEST_F(TransactionalProducerSpec, fences_who_had_the_id_before) {
    const auto zombie = make();
    zombie->commit({record("1")}, up_to(1), 20s);
    const auto successor = make();
    successor->commit({record("2")}, up_to(2), 20s);
    EXPECT_THROW(zombie->commit({record("ghost")}, up_to(1), 20s), ProducerFenced);
    EXPECT_THROW(zombie->commit({record("ghost")}, up_to(1), 20s), ProducerFenced);
    EXPECT_TRUE(shows({"1", "2"})) << visible().size();
    EXPECT_TRUE(has_come_to(2));
    successor->commit({record("3")}, up_to(3), 20s);
    EXPECT_TRUE(has_come_to(3));
}

TEST_F(TransactionalProducerSpec, tells_that_the_broker_is_away_and_goes_on_when_it_is_back) {
    const auto proxy = TcpProxy::for_kafka(kafka.brokers());
    const auto producer = make_transactional_producer(
        id, {{"bootstrap.servers", proxy->address()}, {"socket.timeout.ms", "1000"}}
    );
    producer->commit({record("1")}, up_to(1), 20s);
    proxy->hold(TcpProxy::Way::kToServer);
    EXPECT_THROW(producer->commit({record("2")}, up_to(2), 300ms), TransientError);
    proxy->release();
    EXPECT_TRUE(shows({"1"})) << visible().size();
    producer->commit({record("3")}, up_to(3), 20s);
    EXPECT_TRUE(shows({"1", "3"})) << visible().size();
    EXPECT_TRUE(has_come_to(3));
}

}  // namespace
}  // namespace carafe
