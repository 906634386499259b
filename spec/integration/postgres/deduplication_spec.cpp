#include <gtest/gtest.h>

#include <future>

#include "carafe/postgres/typed_transactional_consumer.h"
#include "integration/postgres/exactly_once_support.h"
#include "postgres/inbox_purge.h"
#include "processing/consumer_call.h"

namespace {

using carafe::testing::TestMessages;
using carafe::testing::TestRecord;
using namespace std::chrono_literals;

class Deduplication : public ExactlyOnceSpec {
protected:
    std::unique_ptr<ExactlyOnceDelivery> make(std::int32_t partition = 0) {
        carafe::processing::PartitionId id = kPartition;
        id.partition = partition;
        auto delivery = std::make_unique<ExactlyOnceDelivery>(
            carafe::postgres::ExactlyOnce{pool_, signal_, "spec", true}, id, consumer_
        );
        delivery->claim(0);
        return delivery;
    }

    // Records with these ids ("": none) from that offset on.
    static void deliver_ids(
        ExactlyOnceDelivery& delivery, std::int64_t first, const std::vector<std::string>& ids
    ) {
        std::vector<TestRecord> records;
        for (const std::string& id : ids) {
            TestRecord record;
            if (!id.empty()) {
                record.headers.emplace_back("ce_id", id);
            }
            records.push_back(record);
        }
        const TestMessages messages("orders", records, first);
        std::vector<carafe::MarkedFailure> marked;
        delivery.deliver(
            Batch(messages.all(), &marked), first + static_cast<std::int64_t>(ids.size())
        );
    }
    std::string inbox() const { return value("SELECT count(*) FROM consumer_inbox"); }
};

TEST_F(Deduplication, an_event_has_its_effects_once_however_often_it_is_published) {
    const auto delivery = make();
    deliver_ids(*delivery, 0, {"a", "b", "a", "c"});
    deliver_ids(*delivery, 4, {"b", "d", "c"});
    EXPECT_EQ(effects(), "0,1,3,5");
    EXPECT_EQ(inbox(), "4");
    EXPECT_EQ(value("SELECT next_offset FROM consumer_offsets"), "7");
}

TEST_F(Deduplication, a_batch_of_repeats_alone_moves_the_position_and_calls_nobody) {
    const auto delivery = make();
    deliver_ids(*delivery, 0, {"a"});
    after_effects_ = [](pqxx::work&) { FAIL() << "the consumer was called"; };
    deliver_ids(*delivery, 1, {"a", "a"});
    EXPECT_EQ(value("SELECT next_offset FROM consumer_offsets"), "3");
}

TEST_F(Deduplication, records_without_an_id_are_never_repeats) {
    const auto delivery = make();
    deliver_ids(*delivery, 0, {"", "a", ""});
    deliver_ids(*delivery, 3, {"", "a"});
    EXPECT_EQ(effects(), "0,1,2,3");
}

TEST_F(Deduplication, an_id_is_remembered_with_its_effects_or_not_at_all) {
    const auto delivery = make();
    after_effects_ = [](pqxx::work&) { throw std::runtime_error("no"); };
    EXPECT_THROW(deliver_ids(*delivery, 0, {"a"}), std::runtime_error);
    EXPECT_EQ(inbox(), "0");
    after_effects_ = nullptr;
    deliver_ids(*delivery, 0, {"a"});
    EXPECT_EQ(effects(), "0");
}

TEST_F(Deduplication, a_dead_letter_is_not_remembered_so_that_its_redrive_is_handled) {
    const auto delivery = make();
    dead_letter(*delivery, 0);
    EXPECT_EQ(inbox(), "0");
}

TEST_F(Deduplication, holds_across_the_partitions_of_a_topic_while_the_other_is_not_committed) {
    const auto one = make(0);
    const auto other = make(1);
    std::promise<void> inside;
    std::promise<void> go_on;
    after_effects_ = [&, first = true](pqxx::work&) mutable {
        if (std::exchange(first, false)) {
            inside.set_value();
            go_on.get_future().wait();
        }
    };
    auto slow = std::async(std::launch::async, [&] { deliver_ids(*one, 0, {"a", "b"}); });
    inside.get_future().wait();
    auto waiting = std::async(std::launch::async, [&] {
        // The lock time-out of this spec is short: the engine would try again.
        EXPECT_TRUE(eventually([&] {
            try {
                deliver_ids(*other, 0, {"b", "a"});
                return true;
            } catch (const pqxx::sql_error&) {
                return false;
            }
        }));
    });
    EXPECT_EQ(waiting.wait_for(50ms), std::future_status::timeout);
    go_on.set_value();
    slow.get();
    waiting.get();
    EXPECT_EQ(effects(), "0,1");
    EXPECT_EQ(inbox(), "2");
}

TEST_F(Deduplication, long_and_odd_ids_are_ids_too) {
    const auto delivery = make();
    const std::string longest(100'000, 'x');
    const std::string odd("\xff\0'\"{}\\", 8);
    deliver_ids(*delivery, 0, {longest, odd, longest + "y"});
    deliver_ids(*delivery, 3, {odd, longest});
    EXPECT_EQ(effects(), "0,1,2");
}

TEST_F(Deduplication, what_is_older_than_its_route_remembers_is_purged_in_small_steps) {
    database_.execute(
        "INSERT INTO consumer_inbox SELECT grp, 'orders', (ce_id || '/' || age)::bytea, now() - age"
        " FROM (VALUES ('shop', interval '25 hours'), ('shop', interval '23 hours'),"
        " ('other', interval '25 hours')) v (grp, age), generate_series(1, 50) ce_id"
    );
    carafe::postgres::InboxPurge purge(
        pool_, {{"shop", "orders", false, 24h}}, {.rows = 7, .pause = 1ms, .period = 20ms}
    );
    purge.start();
    EXPECT_TRUE(eventually([&] { return inbox() == "100"; }));
    database_.execute(
        "UPDATE consumer_inbox SET seen_at = now() - interval '2 days' WHERE grp = 'shop'"
    );
    EXPECT_TRUE(eventually([&] { return inbox() == "50"; }));
    purge.stop();
    EXPECT_EQ(value("SELECT DISTINCT grp FROM consumer_inbox"), "other");
}

TEST_F(Deduplication, the_ids_of_all_topics_of_a_pattern_are_purged) {
    database_.execute(
        "INSERT INTO consumer_inbox VALUES ('shop', 'order.a', 'a', now() - interval '2 days'),"
        " ('shop', 'order.b', 'b', now() - interval '2 days'),"
        " ('shop', 'reorder.b', 'c', now() - interval '2 days')"
    );
    carafe::postgres::InboxPurge purge(
        pool_, {{"shop", "^(order\\..*)$", true, 24h}}, {.period = 20ms}
    );
    purge.start();
    EXPECT_TRUE(eventually([&] { return inbox() == "1"; }));
}

struct Text {
    std::string text;
};

class Typed final : public carafe::postgres::TypedTransactionalConsumer<Text> {
public:
    using TypedTransactionalConsumer::TypedTransactionalConsumer;
    void handle(const carafe::TypedBatch<Text>& batch, pqxx::work& tx) override {
        for (const auto& record : batch) {
            tx.exec_params("INSERT INTO effects VALUES ($1)", record.message.offset());
        }
    }
};

TEST_F(Deduplication, a_typed_batch_with_an_undecodable_record_is_set_apart_before_it_is_handled) {
    Typed typed(carafe::json_payload([](const carafe::Json& json) { return Text{json.text()}; }));
    ExactlyOnceDelivery delivery({pool_, signal_, "spec"}, kPartition, typed);
    delivery.claim(0);
    carafe::processing::EngineListener listener;
    const std::vector<carafe::processing::Classifier> classifiers;
    std::atomic<std::int64_t> progress{0};
    carafe::processing::ConsumerCall call({kPartition, listener, classifiers, nullptr, progress});
    const TestMessages messages(
        "orders", {{.payload = "\"one\""}, {.payload = "two"}, {.payload = "\"three\""}}
    );
    const auto outcome = call.run(delivery, {messages.all()});
    ASSERT_TRUE(outcome.failure);
    ASSERT_EQ(outcome.culprits.size(), 1U);
    EXPECT_EQ(outcome.culprits.front().index, 1U);
    EXPECT_EQ(outcome.culprits.front().failure.kind, carafe::processing::FailureKind::kUndecodable);
    EXPECT_EQ(value("SELECT count(*) FROM effects"), "0");
    const auto alone = call.run(delivery, {std::span(messages.all()).first(1)});
    EXPECT_FALSE(alone.failure);
    EXPECT_EQ(effects(), "0");
}

}  // namespace
