#include <gtest/gtest.h>

#include <set>

#include "unit/config/settings_support.h"

namespace carafe::config::spec {

namespace {

TEST(ShopFile, is_accepted_with_nothing_in_the_environment) {
    const Settings loaded = load_settings("karafka.yml", environment({}));
    EXPECT_EQ(loaded.kafka.at("bootstrap.servers"), "127.0.0.1:9092");
    EXPECT_EQ(loaded.database.url, "postgresql://carafe@127.0.0.1:5433/carafe");
    EXPECT_EQ(loaded.http.port, 3003);
    EXPECT_EQ(loaded.realtime.port, 3009);
    EXPECT_EQ(loaded.log.level, "info");
}

TEST(ShopFile, takes_its_addresses_from_the_environment) {
    const Settings loaded = load_settings(
        "karafka.yml",
        environment(
            {{"KAFKA_BROKERS", "k:1"},
             {"DATABASE_URL", "postgresql://h/d"},
             {"PORT", "1"},
             {"REALTIME_PORT", "2"},
             {"LOG_FORMAT", "json"}}
        )
    );
    EXPECT_EQ(loaded.kafka.at("bootstrap.servers"), "k:1");
    EXPECT_EQ(loaded.database.url, "postgresql://h/d");
    EXPECT_EQ(loaded.http.port, 1);
    EXPECT_EQ(loaded.realtime.port, 2);
    EXPECT_EQ(loaded.log.format, "json");
}

TEST(ShopFile, declares_every_topic_it_uses) {
    const Settings loaded = load_settings("karafka.yml", environment({}));
    std::set<std::string> declared;
    for (const TopicSettings& topic : loaded.topics) {
        declared.insert(topic.name);
    }
    for (const ConsumerGroupSettings& group : loaded.consumer_groups) {
        for (const TopicRoute& route : group.topics) {
            EXPECT_EQ(declared.count(route.topic), 1U) << route.topic;
            EXPECT_EQ(declared.count(route.dead_letter_topic.value()), 1U) << route.topic;
        }
    }
    for (const std::string& topic : loaded.realtime.topics) {
        EXPECT_EQ(declared.count(topic), 1U) << topic;
    }
}

}  // namespace

}  // namespace carafe::config::spec
