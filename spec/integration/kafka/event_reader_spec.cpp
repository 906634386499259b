#include <gtest/gtest.h>

#include <mutex>

#include "carafe/event_reader.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/kafka_fixture.h"

namespace carafe {
namespace {

using testing::eventually;

class Collected {
public:
    EventReader::Handler handler() {
        return [this](const Message& message) {
            const std::lock_guard lock(mutex_);
            payloads_.emplace_back(*message.payload());
            if (message.payload() == "throw") {
                throw std::runtime_error("as asked");
            }
        };
    }
    [[nodiscard]] std::vector<std::string> payloads() const {
        const std::lock_guard lock(mutex_);
        return payloads_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> payloads_;
};

TEST(EventReader, every_reader_sees_every_record_from_the_moment_it_is_ready) {
    testing::KafkaFixture kafka;
    const std::string topic = kafka.create_topic("events");
    kafka.produce({{topic, "a", "before", {}}});
    Collected first;
    Collected second;
    EventReader one(kafka.properties(), {topic}, first.handler());
    EventReader two(kafka.properties(), {topic}, second.handler());
    one.start();
    two.start();
    ASSERT_TRUE(eventually([&] { return one.ready() && two.ready(); }));
    kafka.produce({{topic, "a", "1", {}}, {topic, "b", "2", {}}, {topic, "c", "3", {}}});
    EXPECT_TRUE(eventually([&] {
        return first.payloads().size() == 3 && second.payloads().size() == 3;
    }));
    one.stop();
    two.stop();
}

TEST(EventReader, reads_a_topic_that_appears_later_from_its_beginning) {
    testing::KafkaFixture kafka;
    const std::string known = kafka.create_topic("known");
    const std::string later = kafka.topic_name("later");
    Collected collected;
    EventReader reader(kafka.properties(), {known, later}, collected.handler());
    reader.start();
    ASSERT_TRUE(eventually([&] { return reader.ready(); }));
    kafka.create_topic("later", 1);
    kafka.produce({{later, "a", "1", {}}});
    EXPECT_TRUE(eventually([&] { return collected.payloads().size() == 1; }));
}

TEST(EventReader, goes_on_after_its_handler_threw) {
    testing::KafkaFixture kafka;
    const std::string topic = kafka.create_topic("events", 1);
    Collected collected;
    EventReader reader(kafka.properties(), {topic}, collected.handler());
    reader.start();
    ASSERT_TRUE(eventually([&] { return reader.ready(); }));
    kafka.produce({{topic, "a", "throw", {}}, {topic, "a", "2", {}}});
    EXPECT_TRUE(eventually([&] {
        return collected.payloads() == std::vector<std::string>{"throw", "2"};
    }));
}

}  // namespace
}  // namespace carafe
