#include <gtest/gtest.h>

#include <map>

#include "carafe/testing/kafka_fixture.h"
#include "kafka/rdkafka_consumer_client.h"

namespace carafe::kafka {
namespace {

using namespace std::chrono_literals;

// A member of a group driven by hand: assigns what it is given at `start`.
class Member final : public ConsumerClient::Listener {
public:
    Member(const testing::KafkaFixture& kafka, const std::string& group, const std::string& topic)
        : client(make_consumer_client(group, kafka.properties())) {
        client->subscribe({topic});
    }

    void on_assigned(const std::vector<TopicPartition>& partitions) override {
        const auto starts = client->start_positions(partitions, 5s);
        ASSERT_TRUE(starts.has_value());
        for (const auto& start : *starts) {
            queues[start.partition.partition] = client->open_queue(
                start.partition, static_cast<std::uint32_t>(start.partition.partition)
            );
            offsets[start.partition.partition] = start.position.offset;
        }
        EXPECT_EQ(client->assign(*starts), std::nullopt);
    }
    void on_revoked(const std::vector<TopicPartition>& partitions, bool /*lost*/) override {
        queues.clear();
        client->unassign(partitions);
    }
    void on_readable(std::uint32_t token) override { ++readable[token]; }
    void on_committed(std::uint64_t request, CommitResult result) override {
        commits[request] = result;
    }
    void on_error(const std::string& error, bool /*fatal*/) override { errors.push_back(error); }

    template <typename Condition>
    bool poll_until(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline) {
                return false;
            }
            client->poll(*this, 20ms);
        }
        return true;
    }

    // Polls until the queue of the partition has given `count` records; their payloads.
    std::vector<std::string> drain(std::int32_t partition, std::size_t count) {
        const auto chunk = queues.at(partition)->make_chunk();
        poll_until([&] {
            last_error = queues.at(partition)->drain(*chunk, count);
            return chunk->messages().size() >= count || last_error;
        });
        std::vector<std::string> payloads;
        for (const Message& message : chunk->messages()) {
            payloads.emplace_back(*message.payload());
        }
        return payloads;
    }

    std::unique_ptr<ConsumerClient> client;
    std::map<std::int32_t, std::unique_ptr<PartitionQueue>> queues;
    std::map<std::int32_t, std::int64_t> offsets;
    std::map<std::uint32_t, int> readable;
    std::map<std::uint64_t, CommitResult> commits;
    std::vector<std::string> errors;
    std::optional<std::string> last_error;
};

class ConsumerClientSpec : public ::testing::Test {
protected:
    using Payloads = std::vector<std::string>;

    testing::KafkaFixture kafka;
    std::string topic = kafka.create_topic("client", 1);
    std::string group = kafka.group("client");
};

TEST_F(ConsumerClientSpec, tells_which_queue_is_readable_and_drains_it_in_order) {
    kafka.produce({{topic, "a", "1", {}}, {topic, "a", "2", {}}, {topic, "a", "3", {}}});
    Member member(kafka, group, topic);
    ASSERT_TRUE(member.poll_until([&] { return member.readable[0] > 0; }));
    EXPECT_EQ(member.drain(0, 2), (Payloads{"1", "2"}));
    EXPECT_EQ(member.drain(0, 1), (Payloads{"3"}));
    EXPECT_TRUE(member.client->close(member, 5s));
}

TEST_F(ConsumerClientSpec, starts_at_the_committed_offset) {
    kafka.produce({{topic, "a", "1", {}}, {topic, "a", "2", {}}});
    {
        Member member(kafka, group, topic);
        ASSERT_TRUE(member.poll_until([&] { return !member.queues.empty(); }));
        EXPECT_EQ(member.offsets[0], 0);
        EXPECT_EQ(member.client->commit({{{topic, 0}, 1}}, 5s), CommitResult::kCommitted);
        EXPECT_TRUE(member.client->close(member, 5s));
    }
    Member member(kafka, group, topic);
    ASSERT_TRUE(member.poll_until([&] { return !member.queues.empty(); }));
    EXPECT_EQ(member.offsets[0], 1);
    EXPECT_EQ(member.drain(0, 1), (Payloads{"2"}));
    EXPECT_TRUE(member.client->close(member, 5s));
}

TEST_F(ConsumerClientSpec, answers_an_asynchronous_commit_with_its_request_number) {
    kafka.produce({{topic, "a", "1", {}}});
    Member member(kafka, group, topic);
    ASSERT_TRUE(member.poll_until([&] { return !member.queues.empty(); }));
    member.client->commit_async({{topic, 0}, 1}, 77);
    ASSERT_TRUE(member.poll_until([&] { return member.commits.contains(77); }));
    EXPECT_EQ(member.commits[77], CommitResult::kCommitted);
    EXPECT_EQ(kafka.committed(group, topic, 0), 1);
    EXPECT_TRUE(member.client->close(member, 5s));
}

TEST_F(ConsumerClientSpec, reads_again_from_an_offset_after_unassign_and_assign) {
    kafka.produce({{topic, "a", "1", {}}, {topic, "a", "2", {}}, {topic, "a", "3", {}}});
    Member member(kafka, group, topic);
    ASSERT_TRUE(member.poll_until([&] { return !member.queues.empty(); }));
    EXPECT_EQ(member.drain(0, 1), (Payloads{"1"}));
    member.queues.clear();
    member.client->unassign({{topic, 0}});
    member.queues[0] = member.client->open_queue({topic, 0}, 0);
    EXPECT_EQ(member.client->assign({{{topic, 0}, 1}}), std::nullopt);
    EXPECT_EQ(member.drain(0, 2), (Payloads{"2", "3"}));
    EXPECT_TRUE(member.client->close(member, 5s));
}

TEST_F(ConsumerClientSpec, reports_an_offset_out_of_range_on_the_partitions_queue) {
    Member member(kafka, group, topic);
    ASSERT_TRUE(member.poll_until([&] { return !member.queues.empty(); }));
    member.queues.clear();
    member.client->unassign({{topic, 0}});
    member.queues[0] = member.client->open_queue({topic, 0}, 0);
    EXPECT_EQ(member.client->assign({{{topic, 0}, 1000}}), std::nullopt);
    EXPECT_TRUE(member.drain(0, 1).empty());
    EXPECT_TRUE(member.last_error.has_value());
    EXPECT_TRUE(member.client->close(member, 5s));
}

}  // namespace
}  // namespace carafe::kafka
