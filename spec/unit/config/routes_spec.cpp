#include <gtest/gtest.h>

#include "carafe/postgres/transactional_consumer.h"
#include "routing/routes.h"
#include "unit/config/settings_support.h"

namespace carafe::routing::spec {

namespace {

using config::spec::settings;

class Plain final : public Consumer {
public:
    void consume(const Batch&) override {}
};

class Transactional final : public postgres::TransactionalConsumer {
public:
    void consume(const Batch&, pqxx::work&) override {}
};

Consumers consumers() {
    Consumers registry;
    registry.add<Plain>("PlainConsumer");
    registry.add<Transactional>("StockConsumer");
    return registry;
}

Settings two_groups(const std::string& first, const std::string& second) {
    return settings(
        "kafka: {bootstrap.servers: a}\n"
        "database: {url: b}\n"
        "consumer_groups:\n"
        "  g:\n"
        "    topics:\n"
        "      orders: {" +
        first +
        ", dead_letter_queue: {topic: orders.dlq}}\n"
        "  h:\n"
        "    topics:\n"
        "      stock:\n"
        "        " +
        second + "\n"
    );
}

Settings good() {
    return two_groups(
        "consumer: PlainConsumer", "{consumer: StockConsumer, delivery: exactly_once}"
    );
}

std::string problems(const Settings& wanted, const Consumers& registry) {
    try {
        bind(wanted, registry, "karafka.yml");
    } catch (const SettingsError& error) {
        return error.what();
    }
    return "";
}

template <typename Call>
std::string refusal(Call call) {
    try {
        call();
    } catch (const ConfigurationError& error) {
        return error.what();
    }
    return "";
}

TEST(Routes, bind_topics_to_consumers) {
    const std::vector<Route> routes = bind(good(), consumers(), "karafka.yml");
    ASSERT_EQ(routes.size(), 2U);
    EXPECT_EQ(routes[0].group, "g");
    EXPECT_EQ(routes[0].settings.topic, "orders");
    EXPECT_NE(dynamic_cast<Plain*>(routes[0].consumer.make().get()), nullptr);
    EXPECT_EQ(routes[1].group, "h");
    EXPECT_TRUE(routes[1].consumer.transactional);
}

TEST(Routes, name_the_consumers_that_are_known) {
    EXPECT_EQ(
        problems(two_groups("consumer: PlainConsumr", "consumer: Zebra"), consumers()),
        "karafka.yml:6:26: unknown consumer 'PlainConsumr', did you mean 'PlainConsumer'?\n"
        "karafka.yml:10:19: unknown consumer 'Zebra' (known: PlainConsumer, StockConsumer)"
    );
}

TEST(Routes, say_when_no_consumer_is_registered_at_all) {
    EXPECT_EQ(
        problems(two_groups("consumer: A", "consumer: B"), Consumers()),
        "karafka.yml:6:26: unknown consumer 'A': none is registered in routes/consumers.cpp\n"
        "karafka.yml:10:19: unknown consumer 'B': none is registered in routes/consumers.cpp"
    );
}

TEST(Routes, refuse_a_delivery_that_the_class_cannot_do) {
    EXPECT_EQ(
        problems(
            two_groups(
                "consumer: PlainConsumer, delivery: exactly_once",
                "{consumer: StockConsumer, delivery: at_least_once}"
            ),
            consumers()
        ),
        "karafka.yml:6:51: 'PlainConsumer' derives from Consumer, which only does at_least_once: "
        "derive it from carafe::postgres::TransactionalConsumer, or write 'delivery: "
        "at_least_once'\n"
        "karafka.yml:10:45: 'StockConsumer' derives from TransactionalConsumer, which only does "
        "exactly_once: write 'delivery: exactly_once', or derive it from carafe::Consumer"
    );
}

TEST(Routes, point_at_the_consumer_when_the_delivery_is_the_default) {
    EXPECT_EQ(
        problems(two_groups("consumer: PlainConsumer", "consumer: StockConsumer"), consumers()),
        "karafka.yml:10:19: 'StockConsumer' derives from TransactionalConsumer, which only does "
        "exactly_once: write 'delivery: exactly_once', or derive it from carafe::Consumer"
    );
}

TEST(Routes, can_be_narrowed_to_groups_and_topics) {
    const std::vector<Route> all = bind(good(), consumers(), "karafka.yml");
    EXPECT_EQ(select(all, {}, {}).size(), 2U);
    ASSERT_EQ(select(all, {"h"}, {}).size(), 1U);
    EXPECT_EQ(select(all, {"h"}, {})[0].group, "h");
    ASSERT_EQ(select(all, {}, {"orders"}).size(), 1U);
    EXPECT_EQ(select(all, {}, {"orders"})[0].group, "g");
}

TEST(Routes, refuse_groups_and_topics_that_nobody_reads) {
    const std::vector<Route> all = bind(good(), consumers(), "karafka.yml");
    EXPECT_EQ(
        refusal([&] { select(all, {"x"}, {}); }),
        "no consumer group 'x' in karafka.yml (known: g, h)"
    );
    EXPECT_EQ(
        refusal([&] { select(all, {}, {"order"}); }),
        "no routed topic 'order' in karafka.yml, did you mean 'orders'?"
    );
    EXPECT_EQ(
        refusal([&] { select(all, {"h"}, {"orders"}); }),
        "none of these groups reads any of these topics"
    );
    EXPECT_EQ(
        refusal([&] { select({}, {}, {}); }), "karafka.yml has no routes: nothing to work on"
    );
}

TEST(Routes, find_the_topics_that_the_cluster_lacks) {
    const std::vector<Route> all = bind(good(), consumers(), "karafka.yml");
    EXPECT_TRUE(missing_topics(all, {"orders", "orders.dlq", "stock", "other"}).empty());
    const std::vector<SettingsProblem> missing = missing_topics(all, {"orders"});
    ASSERT_EQ(missing.size(), 2U);
    EXPECT_EQ(missing[0].message, "dead letter topic 'orders.dlq' does not exist in the cluster");
    EXPECT_EQ(missing[0].location.line, 6);
    EXPECT_EQ(missing[1].message, "topic 'stock' does not exist in the cluster");
    EXPECT_EQ(missing[1].location.line, 9);
}

}  // namespace

}  // namespace carafe::routing::spec
