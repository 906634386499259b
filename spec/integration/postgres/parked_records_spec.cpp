#include "carafe/testing/tcp_proxy.h"
#include "exactly_once_support.h"
#include "postgres/connection_string.h"

namespace {

using carafe::processing::Parking;
using carafe::testing::TcpProxy;
using carafe::testing::TestMessages;

class ParkedRecordsSpec : public ExactlyOnceSpec {
protected:
    // Parks the first record at `offset`, and delivers `count` more.
    void park(ExactlyOnceDelivery& delivery, std::int64_t offset, int more = 0) {
        const TestMessages messages(
            "orders",
            std::vector<carafe::testing::TestRecord>(
                static_cast<std::size_t>(1 + more),
                {.key = "k", .payload = std::string("\0\xff", 2), .headers = {{"h", "\xfe"}}}
            ),
            offset
        );
        const std::span<const carafe::Message> all(messages.all());
        delivery.deliver_and_park(
            Batch(all.subspan(1)), Parking{all.first(1), 2, {}}, offset + 1 + more
        );
    }
    std::string parked() const {
        return value(
            "SELECT string_agg(record_offset::text, ',' ORDER BY record_offset) FROM parked_records"
        );
    }
    std::string position() const { return value("SELECT next_offset FROM consumer_offsets"); }
};

TEST_F(ParkedRecordsSpec, are_set_aside_in_the_step_of_the_position_and_of_the_others_effects) {
    delivery_->claim(0);
    park(*delivery_, 0, 2);
    EXPECT_EQ(parked(), "0");
    EXPECT_EQ(effects(), "1,2");
    EXPECT_EQ(position(), "3");
    after_effects_ = [](pqxx::work&) { throw std::runtime_error("no"); };
    EXPECT_THROW(park(*delivery_, 3, 1), std::runtime_error);
    EXPECT_EQ(parked(), "0");
    EXPECT_EQ(position(), "3");
}

TEST_F(ParkedRecordsSpec, come_back_as_they_were) {
    delivery_->claim(0);
    park(*delivery_, 7);
    const auto found = delivery_->parked();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].offset, 7);
    EXPECT_EQ(found[0].key, "k");
    EXPECT_EQ(found[0].attempts, 2);
    const auto record = delivery_->find_parked(7);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->message().payload(), std::string_view("\0\xff", 2));
    EXPECT_EQ(record->message().header("h"), "\xfe");
    EXPECT_EQ(record->message().offset(), 7);
    EXPECT_EQ(delivery_->find_parked(8), nullptr);
}

TEST_F(ParkedRecordsSpec, leave_in_the_transaction_of_their_effects_and_move_no_position) {
    delivery_->claim(0);
    park(*delivery_, 0);
    const auto record = delivery_->find_parked(0);
    const Batch alone({&record->message(), 1});
    after_effects_ = [](pqxx::work&) { throw std::runtime_error("no"); };
    EXPECT_THROW(delivery_->retry_parked(alone), std::runtime_error);
    EXPECT_EQ(parked(), "0");
    after_effects_ = {};
    delivery_->retry_parked(alone);
    EXPECT_EQ(parked(), "");
    EXPECT_EQ(effects(), "0");
    EXPECT_EQ(position(), "1");
    delivery_->retry_parked(alone);
    EXPECT_EQ(effects(), "0") << "what is not parked has no effect";
}

TEST_F(ParkedRecordsSpec, become_dead_letters_or_stay) {
    delivery_->claim(0);
    park(*delivery_, 0);
    const auto record = delivery_->find_parked(0);
    delivery_->dead_letter_parked(
        {record->message(), "orders.dlq", 3, "shop::UnknownOrder", "no such order", "f00d"}
    );
    EXPECT_EQ(parked(), "");
    EXPECT_EQ(value("SELECT topic FROM outbox"), "orders.dlq");
}

TEST_F(ParkedRecordsSpec, are_out_of_reach_for_an_owner_that_was_fenced) {
    delivery_->claim(0);
    park(*delivery_, 0);
    const auto record = delivery_->find_parked(0);
    const auto successor = make_delivery();
    EXPECT_EQ(successor->claim(0), 1);
    EXPECT_THROW(delivery_->retry_parked(Batch({&record->message(), 1})), Fenced);
    EXPECT_THROW(park(*delivery_, 1), Fenced);
    EXPECT_EQ(parked(), "0");
    EXPECT_EQ(effects(), "");
    successor->retry_parked(Batch({&record->message(), 1}));
    EXPECT_EQ(effects(), "0");
}

// The connection is cut when the server has the COMMIT; its answer goes nowhere.
TEST_F(ParkedRecordsSpec, have_their_effect_once_when_the_answer_to_the_commit_is_lost) {
    const auto direct = database_.connect();
    TcpProxy proxy(direct->hostname(), std::stoi(direct->port()));
    carafe::DatabaseSettings settings = database_.settings();
    const std::string port = direct->port();
    const std::size_t at = settings.url.rfind(port);
    ASSERT_NE(at, std::string::npos);
    settings.url.replace(at, port.size(), std::to_string(proxy.port()));
    carafe::postgres::Pool pool(impatient(settings), "through the proxy");
    ExactlyOnceDelivery delivery({pool, signal_, "spec"}, kPartition, consumer_);
    delivery.claim(0);
    park(delivery, 0);
    const auto record = delivery.find_parked(0);
    proxy.cut_after("COMMIT");
    EXPECT_THROW(delivery.retry_parked(Batch({&record->message(), 1})), carafe::TransientError);
    EXPECT_TRUE(proxy.has_cut());
    EXPECT_TRUE(eventually([&] { return effects() == "0"; })) << "it took effect";
    EXPECT_EQ(delivery.find_parked(0), nullptr) << "and that is found out";
}

}  // namespace
