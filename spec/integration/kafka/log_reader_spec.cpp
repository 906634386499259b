#include <gtest/gtest.h>

#include "carafe/errors.h"
#include "integration/kafka/topic_support.h"
#include "kafka/log_reader.h"

namespace carafe::kafka::spec {

namespace {

using carafe::spec::broker;
using carafe::spec::Topics;

Record record(const std::string& topic, const std::string& key, const std::string& payload) {
    Record result;
    result.topic = topic;
    result.key = key;
    result.payload = payload;
    return result;
}

std::vector<std::string> payloads(LogReader& reader, const std::vector<LogRange>& ranges) {
    std::vector<std::string> all;
    reader.read(ranges, [&](const Message& message) {
        all.emplace_back(message.payload().value_or("(none)"));
        return true;
    });
    return all;
}

TEST(LogReader, tells_what_each_partition_holds) {
    Topics topics;
    const std::string topic = topics.create("log-ranges", 2);
    topics.produce({record(topic, "k", "1"), record(topic, "k", "2")});
    LogReader reader(broker());
    const std::vector<LogRange> ranges = reader.ranges(topic);
    ASSERT_EQ(ranges.size(), 2U);
    EXPECT_EQ(ranges[0].from, 0);
    EXPECT_EQ(ranges[0].to + ranges[1].to, 2);
}

TEST(LogReader, knows_no_ranges_of_a_topic_that_does_not_exist) {
    LogReader reader(broker());
    EXPECT_TRUE(reader.ranges("no-such-topic-anywhere").empty());
}

TEST(LogReader, reads_exactly_the_range) {
    Topics topics;
    const std::string topic = topics.create("log-read");
    std::vector<Record> records;
    for (int i = 0; i < 10; ++i) {
        records.push_back(record(topic, "k", std::to_string(i)));
    }
    topics.produce(records);
    LogReader reader(broker());
    EXPECT_EQ(payloads(reader, {{topic, 0, 3, 6}}), (std::vector<std::string>{"3", "4", "5"}));
    EXPECT_EQ(payloads(reader, {{topic, 0, 0, 1}}), (std::vector<std::string>{"0"}));
    EXPECT_EQ(payloads(reader, reader.ranges(topic)).size(), 10U);
    EXPECT_TRUE(payloads(reader, {{topic, 0, 5, 5}}).empty());
    EXPECT_TRUE(payloads(reader, {}).empty());
}

TEST(LogReader, ends_at_the_end_of_the_log_when_the_range_goes_further) {
    Topics topics;
    const std::string topic = topics.create("log-gap");
    topics.produce({record(topic, "k", "0")});
    LogReader reader(broker());
    EXPECT_EQ(payloads(reader, {{topic, 0, 0, 5}}), (std::vector<std::string>{"0"}));
    EXPECT_TRUE(payloads(reader, {{topic, 0, 3, 5}}).size() <= 1);
}

TEST(LogReader, stops_when_the_visitor_has_seen_enough_and_can_be_used_again) {
    Topics topics;
    const std::string topic = topics.create("log-stop", 3);
    std::vector<Record> records;
    for (int i = 0; i < 300; ++i) {
        records.push_back(record(topic, std::to_string(i), "x"));
    }
    topics.produce(records);
    LogReader reader(broker());
    int seen = 0;
    reader.read(reader.ranges(topic), [&](const Message&) { return ++seen < 5; });
    EXPECT_EQ(seen, 5);
    EXPECT_EQ(payloads(reader, reader.ranges(topic)).size(), 300U);
}

TEST(LogReader, gives_key_headers_and_tombstones_as_they_were_produced) {
    Topics topics;
    const std::string topic = topics.create("log-fields");
    Record tombstone;
    tombstone.topic = topic;
    tombstone.headers = {{"h", std::string("a\0b", 3)}, {"h", "2"}};
    topics.produce({tombstone});
    LogReader reader(broker());
    reader.read(reader.ranges(topic), [&](const Message& message) {
        EXPECT_FALSE(message.key());
        EXPECT_FALSE(message.payload());
        EXPECT_EQ(message.headers().size(), 2U);
        EXPECT_EQ(message.headers().at(0).value, std::string_view("a\0b", 3));
        EXPECT_GT(message.timestamp().time_since_epoch().count(), 0);
        return true;
    });
}

TEST(LogReader, reads_one_record_of_each_partition_although_batches_are_larger_than_it_fetches) {
    constexpr int kPartitions = 6;
    constexpr int kRecords = 600;
    Topics topics;
    const std::string topic = topics.create("log-little", kPartitions);
    std::vector<Record> records;
    for (int i = 0; i < kRecords; ++i) {
        records.push_back(record(topic, std::to_string(i), std::string(1'000, 'x')));
    }
    topics.produce(records);
    LogReader reader(broker(), std::chrono::seconds(10), LogReader::Ahead::kLittle);
    std::vector<LogRange> ranges = reader.ranges(topic);
    ASSERT_EQ(ranges.size(), static_cast<std::size_t>(kPartitions));
    for (LogRange& range : ranges) {
        ASSERT_GT(range.to, 50);
        range = {topic, range.partition, 40, 41};
    }
    EXPECT_EQ(payloads(reader, ranges).size(), static_cast<std::size_t>(kPartitions));
}

TEST(LogReader, gives_up_when_no_broker_answers) {
    LogReader reader({{"bootstrap.servers", "127.0.0.1:1"}}, std::chrono::milliseconds(300));
    EXPECT_THROW((void)reader.ranges("t"), TransientError);
    EXPECT_THROW(
        reader.read({{"t", 0, 0, 1}}, [](const Message&) { return true; }), TransientError
    );
}

}  // namespace

}  // namespace carafe::kafka::spec
