#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "app/channels/database_tail.h"
#include "app/models/uuid.h"
#include "carafe/testing/eventually.h"
#include "integration/shop/shop_fixture.h"

namespace {

using namespace shop;
using namespace shop::specs;
using carafe::testing::eventually;
using std::chrono::milliseconds;
using std::chrono::seconds;

class DatabaseTailSpec : public ::testing::Test {
protected:
    std::string keep() const {
        const std::string id = new_uuid();
        shop_.database.execute(
            "INSERT INTO domain_events (event_id, topic, type, key, version, payload, occurred_at) "
            "VALUES ('" +
            id + "', 'product.updated', 'product.updated', 'k', 1, '{}', now())"
        );
        return id;
    }
    bool was_told(const std::string& id) const {
        const std::lock_guard lock(mutex_);
        return std::find(told_.begin(), told_.end(), id) != told_.end();
    }

    Shop shop_;
    carafe::postgres::Pool pool_{shop_.database.settings(), "spec"};
    std::atomic<bool> ready_{true};
    std::atomic<int> silence_ms_{0};
    mutable std::mutex mutex_;
    std::vector<std::string> told_;
    DatabaseTail tail_{
        Database(pool_),
        {[this] { return milliseconds(silence_ms_); },
         [this] { return ready_.load(); },
         [this](const Happening& event) {
             const std::lock_guard lock(mutex_);
             told_.push_back(event.event_id);
         }}};
};

TEST_F(DatabaseTailSpec, leaves_it_to_kafka_while_kafka_is_well) {
    silence_ms_ = 5'000;
    ASSERT_TRUE(eventually([&] { return tail_.is_following(); }));
    silence_ms_ = 0;
    ASSERT_TRUE(eventually([&] { return !tail_.is_following(); }));
    const std::string published = keep();
    EXPECT_FALSE(eventually([&] { return was_told(published); }, milliseconds(600)));
    silence_ms_ = 5'000;
    EXPECT_TRUE(eventually([&] { return was_told(published); }))
        << "what came while nobody followed is told too: it begins a minute back";
}

TEST_F(DatabaseTailSpec, follows_while_no_broker_answers_until_everything_before_was_seen) {
    silence_ms_ = 1'200;
    ASSERT_TRUE(eventually([&] { return tail_.is_following(); }));
    const auto open = shop_.database.connect();
    pqxx::work under_way(*open);
    const std::string id = new_uuid();
    under_way.exec(
        "INSERT INTO domain_events (event_id, topic, type, key, version, payload, occurred_at) "
        "VALUES ('" +
        id + "', 'product.updated', 'product.updated', 'k', 1, '{}', now())"
    );
    // Committed before Kafka is well, and not told before the older transaction has ended.
    const std::string marker = keep();
    silence_ms_ = 0;
    EXPECT_FALSE(eventually([&] { return !tail_.is_following(); }, milliseconds(700)));
    under_way.commit();
    EXPECT_TRUE(eventually([&] { return !tail_.is_following(); }));
    EXPECT_TRUE(was_told(id));
    EXPECT_TRUE(was_told(marker));
}

TEST_F(DatabaseTailSpec, follows_while_the_outbox_is_not_published) {
    shop_.database.execute("DELETE FROM outbox");
    ASSERT_TRUE(eventually([&] { return !tail_.is_following(); }));
    shop_.database.execute(
        "INSERT INTO outbox (shard, id, topic, created_at) VALUES (3, 1, 't', now() - interval '2 "
        "s')"
    );
    EXPECT_TRUE(eventually([&] { return tail_.is_following(); }));
    shop_.database.execute("DELETE FROM outbox");
    EXPECT_TRUE(eventually([&] { return !tail_.is_following(); }));
}

TEST_F(DatabaseTailSpec, follows_until_there_is_a_position_in_kafka) {
    ready_ = false;
    ASSERT_TRUE(eventually([&] { return tail_.is_following(); }));
    const std::string id = keep();
    EXPECT_TRUE(eventually([&] { return was_told(id); }));
    ready_ = true;
    EXPECT_TRUE(eventually([&] { return !tail_.is_following(); }));
}

}  // namespace
