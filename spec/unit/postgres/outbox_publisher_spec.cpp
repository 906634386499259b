#include <gmock/gmock.h>
#include <poll.h>

#include "carafe/testing/eventually.h"
#include "carafe/testing/fake_broker.h"
#include "postgres/outbox_publisher.h"

using namespace carafe;
using namespace carafe::postgres;
using namespace std::chrono_literals;
using carafe::testing::eventually;
using carafe::testing::FakeBroker;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

namespace {

OutboxRow row(std::int64_t id, const std::string& key, const std::string& payload) {
    OutboxRow row;
    row.id = {0, id};
    row.record = {"orders", key, payload, {}};
    return row;
}

std::vector<std::int64_t> ids(const std::vector<OutboxRowId>& rows) {
    std::vector<std::int64_t> ids;
    for (const OutboxRowId& row : rows) {
        ids.push_back(row.id);
    }
    return ids;
}

bool is_readable(const RelaySignal& signal) {
    pollfd descriptor{signal.descriptor(), POLLIN, 0};
    return ::poll(&descriptor, 1, 0) == 1;
}

// Reports when the spec says so; what is left is purged with it.
class SlowProducer final : public Producer {
public:
    ~SlowProducer() override {
        while (!in_flight.empty()) {
            report({"purged", true, -1, -1});
        }
    }

    std::vector<DeliveryReport> produce(
        const std::vector<Record>& /*records*/, std::chrono::milliseconds /*timeout*/
    ) override {
        throw std::logic_error("not for an outbox");
    }
    std::future<DeliveryReport> produce_async(
        const Record& /*record*/, std::chrono::milliseconds /*room*/
    ) override {
        throw std::logic_error("not for an outbox");
    }
    void produce_async(const Record& record, std::chrono::milliseconds /*room*/, OnReport on_report)
        override {
        if (record.payload == breaks_at) {
            throw std::runtime_error("broken");
        }
        payloads.push_back(record.payload.value_or(""));
        in_flight.push_back(std::move(on_report));
    }
    bool flush(std::chrono::milliseconds /*timeout*/) override { return in_flight.empty(); }

    // On the first one in flight.
    void report(DeliveryReport report) {
        const OnReport on_report = std::move(in_flight.front());
        in_flight.erase(in_flight.begin());
        on_report(std::move(report));
    }
    void acknowledge() { report({}); }

    std::vector<std::string> payloads;
    std::string breaks_at = "never";
    std::vector<OnReport> in_flight;
};

class OutboxPublisherSpec : public ::testing::Test {
protected:
    // The fake broker reports at once.
    OutboxPublisher::Outcome publish(std::vector<OutboxRow> rows) {
        publisher_.hand_over(*producer_, rows);
        return publisher_.collect();
    }
    std::size_t hand_over(std::vector<OutboxRow> rows) {
        return publisher_.hand_over(*slow_, rows);
    }
    std::vector<std::int64_t> in_flight() const {
        std::vector<OutboxRowId> rows;
        publisher_.add_in_flight(rows);
        auto all = ids(rows);
        std::sort(all.begin(), all.end());
        return all;
    }

    FakeBroker broker_;
    std::unique_ptr<Producer> producer_ = broker_.connect();
    OutboxPublisher publisher_;
    std::unique_ptr<SlowProducer> slow_ = std::make_unique<SlowProducer>();
};

}  // namespace

TEST_F(OutboxPublisherSpec, reports_what_the_broker_has) {
    const auto outcome = publish({row(1, "a", "1"), row(2, "b", "2")});
    EXPECT_THAT(ids(outcome.acknowledged), ElementsAre(1, 2));
    EXPECT_EQ(broker_.size(), 2U);
    EXPECT_TRUE(publisher_.idle());
}

TEST_F(OutboxPublisherSpec, hands_rows_over_while_others_are_in_flight) {
    EXPECT_EQ(hand_over({row(1, "a", "1")}), 1U);
    EXPECT_EQ(hand_over({row(2, "b", "2"), row(3, "c", "3")}), 2U);
    EXPECT_THAT(in_flight(), ElementsAre(1, 2, 3));
    EXPECT_FALSE(is_readable(publisher_.reported()));

    slow_->acknowledge();

    EXPECT_TRUE(is_readable(publisher_.reported()));
    EXPECT_THAT(ids(publisher_.collect().acknowledged), ElementsAre(1));
    EXPECT_FALSE(is_readable(publisher_.reported()));
    EXPECT_THAT(in_flight(), ElementsAre(2, 3));
    EXPECT_FALSE(publisher_.idle());
}

TEST_F(OutboxPublisherSpec, hands_over_nothing_of_a_key_that_is_in_flight) {
    hand_over({row(1, "a", "1"), row(2, "a", "2")});
    EXPECT_FALSE(publisher_.has_postponed());
    EXPECT_EQ(hand_over({row(3, "a", "3"), row(4, "b", "4")}), 1U);
    EXPECT_TRUE(publisher_.has_postponed());
    slow_->acknowledge();
    publisher_.collect();
    EXPECT_EQ(hand_over({row(3, "a", "3")}), 0U) << "row 2 is in flight";

    slow_->acknowledge();
    publisher_.collect();

    EXPECT_EQ(hand_over({row(3, "a", "3")}), 1U);
    EXPECT_THAT(slow_->payloads, ElementsAre("1", "2", "4", "3"));
}

TEST_F(OutboxPublisherSpec, counts_as_never_handed_over_what_a_lost_producer_did_not_acknowledge) {
    hand_over({row(1, "a", "1"), row(2, "b", "2"), row(3, "c", "3")});
    slow_->acknowledge();
    slow_->report({"too large", false, -1, -1});

    slow_ = std::make_unique<SlowProducer>();
    const auto outcome = publisher_.give_up();

    EXPECT_THAT(ids(outcome.acknowledged), ElementsAre(1));
    ASSERT_EQ(outcome.refused.size(), 1U);
    EXPECT_EQ(outcome.refused[0].row.id, 2);
    EXPECT_EQ(outcome.failed, 0U);
    EXPECT_TRUE(publisher_.idle());
    EXPECT_EQ(hand_over({row(3, "c", "3")}), 1U) << "not held back either";
}

TEST_F(OutboxPublisherSpec, keeps_in_flight_what_went_before_the_row_at_which_a_producer_breaks) {
    slow_->breaks_at = "2";
    std::vector<OutboxRow> rows{row(1, "a", "1"), row(2, "b", "2"), row(3, "c", "3")};
    EXPECT_THROW(publisher_.hand_over(*slow_, rows), std::runtime_error);
    EXPECT_THAT(in_flight(), ElementsAre(1));
}

TEST_F(OutboxPublisherSpec, tells_the_topics_that_wait_for_long) {
    hand_over({row(1, "a", "1")});
    EXPECT_THAT(publisher_.find_overdue(1h), IsEmpty());
    EXPECT_TRUE(eventually([&] { return !publisher_.find_overdue(5ms).empty(); }));
    EXPECT_THAT(publisher_.find_overdue(0ms), ElementsAre(Pair("orders", 1)));
}

TEST_F(OutboxPublisherSpec, is_full_at_a_number_of_rows_and_at_a_number_of_bytes) {
    std::vector<OutboxRow> rows;
    for (int id = 0; id < 499; ++id) {
        rows.push_back(row(id, std::to_string(id), "x"));
    }
    publisher_.hand_over(*slow_, rows);
    EXPECT_FALSE(publisher_.full());
    hand_over({row(499, "499", "x")});
    EXPECT_TRUE(publisher_.full());
    slow_->acknowledge();
    publisher_.collect();
    EXPECT_FALSE(publisher_.full());
    hand_over({row(500, "500", std::string(9 * 1024 * 1024, 'x'))});
    slow_->acknowledge();
    publisher_.collect();
    EXPECT_TRUE(publisher_.full());
    publisher_.find_overdue(-1h);
    EXPECT_FALSE(publisher_.full()) << "what is overdue keeps nothing else back";
}

TEST_F(OutboxPublisherSpec, tells_parked_rows_apart_and_leaves_them_where_they_are) {
    auto head = row(1, "a", "1");
    auto refused = row(2, "b", "2");
    auto broken = row(3, "c", "3");
    broken.defect = "not JSON";
    head.is_parked = refused.is_parked = broken.is_parked = true;
    broker_.refuse([](const Record& record) { return record.payload == "2"; });
    const auto outcome = publish({head, refused, broken, row(4, "d", "4")});
    EXPECT_THAT(ids(outcome.acknowledged_parked), ElementsAre(1));
    EXPECT_THAT(ids(outcome.acknowledged), ElementsAre(4));
    EXPECT_TRUE(outcome.refused.empty()) << "it is known";
    EXPECT_TRUE(publisher_.idle());
}

TEST_F(OutboxPublisherSpec, holds_back_a_key_that_failed_while_others_go_on) {
    broker_.fail([](const Record& record) { return record.key == "a"; });
    const auto first = publish({row(1, "a", "1"), row(2, "b", "2"), row(3, "a", "3")});
    EXPECT_THAT(ids(first.acknowledged), ElementsAre(2));
    EXPECT_EQ(first.failed, 2U);
    ASSERT_EQ(first.failures.size(), 1U) << "one topic";
    EXPECT_EQ(first.failures.begin()->first, row(1, "a", "1").record.topic);
    EXPECT_NE(first.failures.begin()->second, "");
    broker_.fail({});
    const auto second = publish({row(1, "a", "1"), row(3, "a", "3"), row(4, "b", "4")});
    EXPECT_THAT(ids(second.acknowledged), ElementsAre(4));
    EXPECT_TRUE(publisher_.has_postponed());
    OutboxPublisher::Outcome later;
    EXPECT_TRUE(eventually([&] {
        later = publish({row(1, "a", "1"), row(3, "a", "3")});
        return !later.acknowledged.empty();
    }));
    EXPECT_THAT(broker_.payloads_of("a"), ElementsAre("1", "3"));
}

TEST_F(OutboxPublisherSpec, holds_nothing_back_while_the_whole_broker_is_away) {
    broker_.set_away(true);
    EXPECT_EQ(publish({row(1, "a", "1"), row(2, "b", "2")}).failed, 2U);
    broker_.set_away(false);
    EXPECT_EQ(publish({row(1, "a", "1"), row(2, "b", "2")}).acknowledged.size(), 2U);
}

TEST_F(OutboxPublisherSpec, sends_nothing_of_a_key_together_with_a_large_record) {
    const std::string large(600 * 1024, 'x');
    broker_.refuse([&](const Record& record) { return record.payload == large; });
    const auto outcome = publish({row(1, "a", large), row(2, "b", "2"), row(3, "a", "3")});
    ASSERT_EQ(outcome.refused.size(), 1U);
    EXPECT_EQ(outcome.refused[0].row.id, 1);
    EXPECT_THAT(ids(outcome.acknowledged), ElementsAre(2));
    EXPECT_THAT(broker_.payloads_of("a"), IsEmpty());
}

TEST_F(OutboxPublisherSpec, refuses_a_row_that_is_no_record_and_keeps_its_key_waiting) {
    OutboxRow broken = row(1, "a", "1");
    broken.defect = "not JSON";
    const auto outcome = publish({broken, row(2, "a", "2"), row(3, "b", "3")});
    ASSERT_EQ(outcome.refused.size(), 1U);
    EXPECT_EQ(outcome.refused[0].error, "not JSON");
    EXPECT_THAT(ids(outcome.acknowledged), ElementsAre(3));
}

TEST_F(OutboxPublisherSpec, keeps_no_order_between_records_without_key) {
    OutboxRow broken = row(1, "", "1");
    broken.record.key.reset();
    broken.defect = "not JSON";
    OutboxRow fine = row(2, "", "2");
    fine.record.key.reset();
    EXPECT_THAT(ids(publish({broken, fine}).acknowledged), ElementsAre(2));
}
