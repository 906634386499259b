// What every ConsumerClient does: librdkafka's against the real broker, and the test kit's fake.
#include <gtest/gtest.h>

#include "contract/kafka/brokers.h"
#include "contract/kafka/group_member.h"

namespace carafe::kafka {
namespace {

using namespace std::chrono_literals;
using Payloads = std::vector<std::string>;
using Partitions = std::set<std::int32_t>;
using spec::GroupMember;

template <typename Broker>
class ConsumerClientContract : public ::testing::Test {
protected:
    GroupMember member() { return GroupMember(broker.join(group), topic); }
    bool has_started(GroupMember& member) {
        return member.poll_until([&] { return !member.queues.empty(); });
    }
    void produce(const Payloads& payloads) {
        std::vector<Record> records;
        for (const std::string& payload : payloads) {
            records.push_back({topic, "a", payload, {}});
        }
        broker.produce(records);
    }

    Broker broker;
    std::string topic = broker.create_topic("client", 1);
    std::string group = broker.group("client");
    TopicPartition partition{topic, 0};
};

using Implementations = ::testing::Types<spec::RealBroker, spec::FakedBroker>;
TYPED_TEST_SUITE(ConsumerClientContract, Implementations);

TYPED_TEST(ConsumerClientContract, tells_which_queue_is_readable_and_drains_it_in_order) {
    this->produce({"1", "2", "3"});
    GroupMember member = this->member();
    ASSERT_TRUE(member.poll_until([&] { return member.readable[0] > 0; }));
    EXPECT_EQ(member.drain(0, 2), (Payloads{"1", "2"}));
    EXPECT_EQ(member.drain(0, 1), (Payloads{"3"}));
    EXPECT_TRUE(member.close());
}

TYPED_TEST(ConsumerClientContract, tells_of_records_that_come_after_the_queue_was_empty) {
    GroupMember member = this->member();
    ASSERT_TRUE(this->has_started(member));
    EXPECT_EQ(member.positions[0].offset, 0);
    member.readable.clear();
    this->produce({"late"});
    ASSERT_TRUE(member.poll_until([&] { return member.readable[0] > 0; }));
    EXPECT_EQ(member.drain(0, 1), (Payloads{"late"}));
    EXPECT_TRUE(member.close());
}

TYPED_TEST(ConsumerClientContract, is_a_member_between_its_first_assignment_and_its_end) {
    GroupMember member = this->member();
    ASSERT_TRUE(this->has_started(member));
    EXPECT_TRUE(member.client->is_member());
    EXPECT_EQ(member.held, Partitions{0});
    EXPECT_TRUE(member.close());
    EXPECT_TRUE(member.held.empty());
    EXPECT_FALSE(member.was_lost);
}

TYPED_TEST(ConsumerClientContract, starts_at_the_committed_offset_and_gives_its_metadata_back) {
    this->produce({"1", "2"});
    {
        GroupMember member = this->member();
        ASSERT_TRUE(this->has_started(member));
        const Position noted{1, std::string("beside\0it", 9)};
        EXPECT_EQ(member.client->commit({{this->partition, noted}}, 5s), CommitResult::kCommitted);
        EXPECT_TRUE(member.close());
    }
    GroupMember member = this->member();
    ASSERT_TRUE(this->has_started(member));
    EXPECT_EQ(member.positions[0].offset, 1);
    EXPECT_EQ(member.positions[0].metadata, std::string("beside\0it", 9));
    EXPECT_EQ(member.drain(0, 1), (Payloads{"2"}));
    EXPECT_TRUE(member.close());
}

TYPED_TEST(ConsumerClientContract, answers_an_asynchronous_commit_with_its_request_number) {
    this->produce({"1"});
    GroupMember member = this->member();
    ASSERT_TRUE(this->has_started(member));
    member.client->commit_async({this->partition, {1}}, 77);
    ASSERT_TRUE(member.poll_until([&] { return member.commits.contains(77); }));
    EXPECT_EQ(member.commits[77], CommitResult::kCommitted);
    EXPECT_EQ(this->broker.committed(this->group, this->topic, 0), 1);
    EXPECT_TRUE(member.close());
}

TYPED_TEST(ConsumerClientContract, commits_what_was_stored_in_the_background) {
    this->produce({"1", "2"});
    GroupMember member = this->member();
    ASSERT_TRUE(this->has_started(member));
    member.client->store_offsets({{this->partition, {2}}});
    EXPECT_TRUE(member.poll_until([&] {
        return this->broker.committed(this->group, this->topic, 0) == 2;
    }));
    EXPECT_TRUE(member.close());
}

TYPED_TEST(ConsumerClientContract, commits_what_was_stored_last_when_it_closes) {
    this->produce({"1", "2"});
    GroupMember member = this->member();
    ASSERT_TRUE(this->has_started(member));
    member.before_unassign = [&] { member.client->store_offsets({{this->partition, {1}}}); };
    EXPECT_TRUE(member.close());
    EXPECT_EQ(this->broker.committed(this->group, this->topic, 0), 1);
}

TYPED_TEST(ConsumerClientContract, reads_again_from_an_offset_after_unassign_and_assign) {
    this->produce({"1", "2", "3"});
    GroupMember member = this->member();
    ASSERT_TRUE(this->has_started(member));
    EXPECT_EQ(member.drain(0, 1), (Payloads{"1"}));
    member.restart(this->partition, 1);
    EXPECT_EQ(member.drain(0, 2), (Payloads{"2", "3"}));
    EXPECT_TRUE(member.close());
}

TYPED_TEST(ConsumerClientContract, reports_an_offset_out_of_range_on_the_partitions_queue) {
    GroupMember member = this->member();
    ASSERT_TRUE(this->has_started(member));
    member.restart(this->partition, 1000);
    EXPECT_TRUE(member.drain(0, 1).empty());
    EXPECT_TRUE(member.last_error.has_value());
    EXPECT_TRUE(member.close());
}

TYPED_TEST(ConsumerClientContract, keeps_headers_keys_and_tombstones_as_they_were_produced) {
    this->broker.produce(
        {{this->topic, std::nullopt, std::string("\0\xff", 2), {{"h", "1"}, {"h", "2"}}},
         {this->topic, "k", std::nullopt, {}}}
    );
    GroupMember member = this->member();
    ASSERT_TRUE(this->has_started(member));
    const auto chunk = member.queues.at(0)->make_chunk();
    ASSERT_TRUE(member.poll_until([&] {
        member.queues.at(0)->drain(*chunk, 2);
        return chunk->messages().size() == 2;
    }));
    const Message first = chunk->messages()[0];
    EXPECT_FALSE(first.key().has_value());
    EXPECT_EQ(first.payload(), std::string_view("\0\xff", 2));
    EXPECT_EQ(first.header("h"), "2");
    EXPECT_EQ(first.headers().size(), 2U);
    EXPECT_EQ(first.partition(), 0);
    EXPECT_EQ(first.topic(), this->topic);
    EXPECT_GT(first.timestamp(), std::chrono::system_clock::now() - 1h);
    EXPECT_EQ(chunk->messages()[1].key(), "k");
    EXPECT_FALSE(chunk->messages()[1].payload().has_value());
    EXPECT_EQ(chunk->messages()[1].offset(), 1);
    chunk->clear();
    EXPECT_TRUE(chunk->messages().empty());
    EXPECT_TRUE(member.close());
}

TYPED_TEST(ConsumerClientContract, returns_from_poll_when_it_is_woken) {
    GroupMember member = this->member();
    ASSERT_TRUE(this->has_started(member));
    const auto before = std::chrono::steady_clock::now();
    member.client->wake();
    member.client->poll(member, 10s);
    EXPECT_LT(std::chrono::steady_clock::now() - before, 5s);
    EXPECT_TRUE(member.close());
}

TYPED_TEST(ConsumerClientContract, hands_partitions_over_to_who_joins_and_takes_them_back) {
    this->topic = this->broker.create_topic("shared", 4);
    GroupMember first = this->member();
    ASSERT_TRUE(first.poll_until([&] { return first.held.size() == 4; }));
    GroupMember second = this->member();
    ASSERT_TRUE(first.poll_until([&] {
        second.client->poll(second, 5ms);
        return second.held.size() == 2;
    }));
    EXPECT_EQ(first.held.size(), 2U) << "two members, four partitions";
    Partitions all = first.held;
    all.insert(second.held.begin(), second.held.end());
    EXPECT_EQ(all.size(), 4U) << "no partition has two owners, none has none";
    EXPECT_TRUE(second.close());
    EXPECT_TRUE(first.poll_until([&] { return first.held.size() == 4; }));
    EXPECT_TRUE(first.close());
}

TYPED_TEST(ConsumerClientContract, tells_of_an_empty_assignment_when_there_is_nothing_left) {
    GroupMember first = this->member();
    ASSERT_TRUE(this->has_started(first));
    GroupMember second = this->member();
    EXPECT_TRUE(second.poll_until([&] {
        first.client->poll(first, 5ms);
        return second.assignments > 0;
    }));
    EXPECT_EQ(first.held.size() + second.held.size(), 1U);
    EXPECT_TRUE(second.close());
    EXPECT_TRUE(first.close());
}

}  // namespace
}  // namespace carafe::kafka
