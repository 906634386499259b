#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "exactly_once_support.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(ExactlyOnceSpec, starts_at_the_hint_once_and_at_its_own_position_from_then_on) {
    EXPECT_EQ(delivery_->claim(40), 40);
    deliver(*delivery_, 40, 3);
    EXPECT_EQ(delivery_->claim(7), 43);
    EXPECT_EQ(value("SELECT epoch FROM consumer_offsets"), "2");
}

TEST_F(ExactlyOnceSpec, commits_effects_and_position_together_and_wakes_the_relay) {
    delivery_->claim(0);
    deliver(*delivery_, 0, 3);
    EXPECT_EQ(effects(), "0,1,2");
    EXPECT_EQ(value("SELECT next_offset FROM consumer_offsets"), "3");
    EXPECT_TRUE(signal_.take());
}

TEST_F(ExactlyOnceSpec, keeps_nothing_of_a_batch_whose_handler_throws) {
    delivery_->claim(0);
    after_effects_ = [](pqxx::work&) { throw std::runtime_error("no"); };
    EXPECT_THROW(deliver(*delivery_, 0, 2), std::runtime_error);
    EXPECT_EQ(effects(), "");
    EXPECT_EQ(value("SELECT next_offset FROM consumer_offsets"), "0");
    after_effects_ = {};
    deliver(*delivery_, 0, 2);
    EXPECT_EQ(effects(), "0,1");
}

TEST_F(ExactlyOnceSpec, passes_over_gaps_of_compacted_topics) {
    delivery_->claim(0);
    deliver(*delivery_, 5, 2);
    EXPECT_EQ(effects(), "5,6");
    EXPECT_EQ(value("SELECT next_offset FROM consumer_offsets"), "7");
}

TEST_F(ExactlyOnceSpec, fences_whoever_claimed_before) {
    delivery_->claim(0);
    deliver(*delivery_, 0, 2);
    const auto successor = make_delivery();
    EXPECT_EQ(successor->claim(0), 2);
    EXPECT_THROW(deliver(*delivery_, 2, 2), Fenced);
    EXPECT_EQ(effects(), "0,1");
    deliver(*successor, 2, 1);
    EXPECT_EQ(delivery_->claim(0), 3);
    deliver(*delivery_, 3, 1);
    EXPECT_THROW(deliver(*successor, 3, 1), Fenced);
    EXPECT_EQ(effects(), "0,1,2,3");
}

TEST_F(ExactlyOnceSpec, gives_each_record_its_effect_once_however_many_believe_to_own_it) {
    constexpr std::int64_t kRecords = 120;
    std::atomic<int> fenced{0};
    std::vector<std::thread> owners;
    for (int owner = 0; owner < 4; ++owner) {
        owners.emplace_back([&] {
            const auto delivery = make_delivery();
            std::int64_t next = claim_patiently(*delivery);
            while (next < kRecords) {
                try {
                    const std::int64_t count = std::min<std::int64_t>(3, kRecords - next);
                    deliver(*delivery, next, static_cast<int>(count));
                    next += count;
                } catch (const Fenced&) {
                    ++fenced;
                    next = claim_patiently(*delivery);
                } catch (const pqxx::sql_error&) {  // a lock time-out: the engine retries
                }
            }
        });
    }
    for (auto& owner : owners) {
        owner.join();
    }
    EXPECT_EQ(value("SELECT count(*) FROM effects"), std::to_string(kRecords));
    EXPECT_EQ(value("SELECT count(DISTINCT record) FROM effects"), std::to_string(kRecords));
    EXPECT_GT(fenced, 0);
}

TEST_F(ExactlyOnceSpec, refuses_to_commit_what_a_handler_that_swallowed_an_error_left) {
    delivery_->claim(0);
    after_effects_ = [](pqxx::work& tx) {
        try {
            tx.exec("SELECT 1/0");
        } catch (const pqxx::sql_error&) {
        }
    };
    EXPECT_THROW(deliver(*delivery_, 0, 1), std::logic_error);
    EXPECT_EQ(value("SELECT next_offset FROM consumer_offsets"), "0");
    after_effects_ = {};
    deliver(*delivery_, 0, 1);
    EXPECT_EQ(effects(), "0");
}

TEST_F(ExactlyOnceSpec, blames_the_handler_that_idles_in_its_transaction) {
    delivery_->claim(0);
    after_effects_ = [&](pqxx::work& tx) {
        const std::string pid = std::to_string(tx.conn().backendpid());
        EXPECT_TRUE(eventually([&] {
            return value("SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid) == "0";
        }));
    };
    EXPECT_THROW(deliver(*delivery_, 0, 1), IdleTransaction);
    EXPECT_EQ(effects(), "");
}

TEST_F(ExactlyOnceSpec, does_not_blame_the_handler_for_a_connection_that_was_cut) {
    delivery_->claim(0);
    after_effects_ = [&](pqxx::work& tx) {
        terminate(tx.conn().backendpid());
        tx.exec("SELECT 1");
    };
    EXPECT_THROW(deliver(*delivery_, 0, 1), pqxx::broken_connection);
    after_effects_ = {};
    deliver(*delivery_, 0, 1);
    EXPECT_EQ(effects(), "0");
}

TEST_F(ExactlyOnceSpec, prepares_again_after_the_table_changed) {
    delivery_->claim(0);
    after_effects_ = [](pqxx::work& tx) {
        tx.conn().prepare("all_effects", "SELECT * FROM effects");
        tx.exec_prepared("all_effects");
    };
    deliver(*delivery_, 0, 1);
    database_.execute("ALTER TABLE effects ADD COLUMN note text");
    deliver(*delivery_, 1, 1);
    EXPECT_EQ(effects(), "0,1");
}

TEST_F(ExactlyOnceSpec, writes_a_dead_letter_and_the_position_in_one_transaction) {
    delivery_->claim(10);
    dead_letter(*delivery_, 10);
    EXPECT_EQ(
        value("SELECT topic || ' ' || convert_from(payload, 'UTF8') FROM outbox"), "orders.dlq 10"
    );
    EXPECT_THAT(value("SELECT headers::text FROM outbox"), HasSubstr("dlq_source_offset"));
    EXPECT_EQ(value("SELECT next_offset FROM consumer_offsets"), "11");
    EXPECT_TRUE(signal_.take());

    make_delivery()->claim(0);
    EXPECT_THROW(dead_letter(*delivery_, 11), Fenced);
    EXPECT_EQ(value("SELECT count(*) FROM outbox"), "1");
}

TEST_F(ExactlyOnceSpec, needs_a_transactional_consumer) {
    class Plain final : public carafe::Consumer {
        void consume(const Batch& /*batch*/) override {}
    };
    Plain plain;
    EXPECT_THROW(
        ExactlyOnceDelivery({pool_, signal_, "spec"}, kPartition, plain), std::logic_error
    );
}

TEST_F(ExactlyOnceSpec, an_operator_moves_a_position_and_fences_its_owner) {
    delivery_->claim(0);
    const auto connection = database_.connect();
    {
        pqxx::work tx(*connection);
        set_position(tx, kPartition, 90);
        tx.commit();
    }
    EXPECT_THROW(deliver(*delivery_, 0, 1), Fenced);
    EXPECT_EQ(delivery_->claim(0), 90);
    pqxx::work tx(*connection);
    ASSERT_EQ(positions(tx, kPartition.group).size(), 1U);
    EXPECT_EQ(positions(tx, kPartition.group)[0].next_offset, 90);
    EXPECT_EQ(forget_position(tx, kPartition), 90);
    EXPECT_EQ(forget_position(tx, kPartition), std::nullopt);
    EXPECT_TRUE(positions(tx, kPartition.group).empty());
}
