// What every Producer does: librdkafka's against the real broker, and the test kit's fake.
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "contract/kafka/brokers.h"
#include "contract/kafka/group_member.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using spec::GroupMember;

// More than a broker takes by default.
const std::string kTooLarge(2'000'000, 'x');

template <typename Broker>
class ProducerContract : public ::testing::Test {
protected:
    // The payloads of the topic's first partition, read back.
    std::vector<std::string> read(std::size_t count) {
        GroupMember member(broker.join(broker.group("reader")), topic);
        EXPECT_TRUE(member.poll_until([&] { return !member.queues.empty(); }));
        auto payloads = member.drain(0, count);
        EXPECT_TRUE(member.close());
        return payloads;
    }

    Broker broker;
    std::string topic = broker.create_topic("produced", 1);
    std::unique_ptr<Producer> producer = broker.connect();
};

using Implementations = ::testing::Types<spec::RealBroker, spec::FakedBroker>;
TYPED_TEST_SUITE(ProducerContract, Implementations);

TYPED_TEST(ProducerContract, reports_each_record_in_order_with_its_place) {
    const auto reports = this->producer->produce(
        {{this->topic, "k", "1", {}},
         {this->topic, "k", std::nullopt, {}},
         {this->topic, {}, "3", {}}},
        20s
    );
    ASSERT_EQ(reports.size(), 3U);
    for (std::int64_t index = 0; index < 3; ++index) {
        EXPECT_EQ(reports[static_cast<std::size_t>(index)].error, "");
        EXPECT_EQ(reports[static_cast<std::size_t>(index)].partition, 0);
        EXPECT_EQ(reports[static_cast<std::size_t>(index)].offset, index);
    }
    EXPECT_EQ(this->read(3), (std::vector<std::string>{"1", "<tombstone>", "3"}));
}

TYPED_TEST(ProducerContract, refuses_a_record_for_its_own_sake_and_takes_the_others) {
    const auto reports = this->producer->produce(
        {{this->topic, "k", "1", {}}, {this->topic, "k", kTooLarge, {}}}, 20s
    );
    EXPECT_EQ(reports[0].error, "");
    EXPECT_NE(reports[1].error, "");
    EXPECT_FALSE(reports[1].retriable);
}

TYPED_TEST(ProducerContract, keeps_the_records_of_a_key_together_in_their_order) {
    const std::string many = this->broker.create_topic("keyed", 5);
    std::vector<Record> records;
    for (int number = 0; number < 20; ++number) {
        records.push_back({many, "the key", std::to_string(number), {}});
    }
    const auto reports = this->producer->produce(records, 20s);
    for (std::size_t index = 1; index < reports.size(); ++index) {
        EXPECT_EQ(reports[index].partition, reports[0].partition);
        EXPECT_EQ(reports[index].offset, reports[0].offset + static_cast<std::int64_t>(index));
    }
}

TYPED_TEST(ProducerContract, has_nothing_to_say_about_no_records) {
    EXPECT_TRUE(this->producer->produce({}, 1s).empty());
}

TYPED_TEST(ProducerContract, hands_out_a_future_for_each_record_and_keeps_their_order) {
    std::vector<std::future<DeliveryReport>> futures;
    for (int number = 0; number < 200; ++number) {
        futures.push_back(
            this->producer->produce_async({this->topic, "k", std::to_string(number), {}}, 1s)
        );
    }
    EXPECT_TRUE(this->producer->flush(20s));
    for (std::size_t index = 0; index < futures.size(); ++index) {
        ASSERT_EQ(futures[index].wait_for(0s), std::future_status::ready);
        const DeliveryReport report = futures[index].get();
        EXPECT_EQ(report.error, "");
        EXPECT_EQ(report.offset, static_cast<std::int64_t>(index));
    }
}

TYPED_TEST(ProducerContract, tells_a_future_that_its_record_was_refused) {
    auto future = this->producer->produce_async({this->topic, "k", kTooLarge, {}}, 1s);
    ASSERT_EQ(future.wait_for(20s), std::future_status::ready);
    const DeliveryReport report = future.get();
    EXPECT_NE(report.error, "");
    EXPECT_FALSE(report.retriable);
}

TYPED_TEST(ProducerContract, calls_a_function_with_the_report_of_each_record) {
    std::mutex mutex;
    std::vector<DeliveryReport> reports;
    const auto add = [&](DeliveryReport&& report) {
        const std::lock_guard lock(mutex);
        reports.push_back(std::move(report));
    };
    for (int number = 0; number < 200; ++number) {
        this->producer->produce_async({this->topic, "k", std::to_string(number), {}}, 1s, add);
    }
    this->producer->produce_async({this->topic, "k", kTooLarge, {}}, 1s, add);
    EXPECT_TRUE(this->producer->flush(20s));
    const std::lock_guard lock(mutex);
    ASSERT_EQ(reports.size(), 201U);
    // A record that is too large may be refused before it gets to the broker, and others arrive.
    std::erase_if(reports, [](const DeliveryReport& report) {
        return !report.error.empty() && !report.retriable;
    });
    ASSERT_EQ(reports.size(), 200U);
    for (std::size_t index = 0; index < reports.size(); ++index) {
        EXPECT_EQ(reports[index].error, "");
        EXPECT_EQ(reports[index].offset, static_cast<std::int64_t>(index));
    }
}

TYPED_TEST(ProducerContract, serves_many_threads_at_once) {
    std::atomic<int> acknowledged{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int round = 0; round < 10; ++round) {
                const Record record{this->topic, "k", "x", {}};
                acknowledged += this->producer->produce_one(record, 20s).error.empty() ? 1 : 0;
                acknowledged +=
                    this->producer->produce_async(record, 1s).get().error.empty() ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(acknowledged, 80);
}

}  // namespace
}  // namespace carafe
