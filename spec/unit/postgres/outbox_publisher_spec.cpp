#include <gmock/gmock.h>

#include "carafe/testing/eventually.h"
#include "carafe/testing/fake_broker.h"
#include "postgres/outbox_publisher.h"

using namespace carafe;
using namespace carafe::postgres;
using carafe::testing::eventually;
using carafe::testing::FakeBroker;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

class OutboxPublisherSpec : public ::testing::Test {
protected:
    OutboxPublisher::Outcome publish(std::vector<OutboxRow> rows) {
        return publisher_.publish(*producer_, rows);
    }

    FakeBroker broker_;
    std::unique_ptr<Producer> producer_ = broker_.connect();
    OutboxPublisher publisher_;
};

}  // namespace

TEST_F(OutboxPublisherSpec, reports_what_the_broker_has) {
    const auto outcome = publish({row(1, "a", "1"), row(2, "b", "2")});
    EXPECT_THAT(ids(outcome.acknowledged), ElementsAre(1, 2));
    EXPECT_EQ(broker_.size(), 2U);
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
    EXPECT_EQ(second.postponed, 2U);
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
    EXPECT_EQ(outcome.postponed, 1U);
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
