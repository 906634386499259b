#include <gtest/gtest.h>

#include "config/topic_pattern.h"
#include "config/units.h"

namespace carafe::config::spec {

namespace {

TEST(TopicPattern, without_a_caret_is_one_topic) {
    const TopicPattern one("order.created");
    EXPECT_FALSE(one.is_pattern());
    EXPECT_TRUE(one.matches("order.created"));
    EXPECT_FALSE(one.matches("order-created"));
    EXPECT_EQ(one.subscription(), "order.created");
}

TEST(TopicPattern, matches_whole_names_however_it_is_written) {
    for (const char* text : {"^order\\..*", "^order\\..*$", "^(order)\\.[a-z]+"}) {
        const TopicPattern orders(text);
        EXPECT_TRUE(orders.is_pattern());
        EXPECT_TRUE(orders.matches("order.created")) << text;
        EXPECT_FALSE(orders.matches("reorder.created")) << text;
        EXPECT_FALSE(orders.matches("orders")) << text;
        EXPECT_EQ(orders.subscription().front(), '^');
        EXPECT_EQ(orders.subscription().back(), '$');
    }
    EXPECT_FALSE(TopicPattern("^a|b").matches("bc"));
    EXPECT_FALSE(TopicPattern("^a|b").matches("ab"));
}

TEST(TopicPattern, that_cannot_be_one_says_so) {
    EXPECT_THROW(TopicPattern("^a("), ConfigurationError);
    EXPECT_THROW(TopicPattern("^[a"), ConfigurationError);
}

TEST(TopicPattern, gives_way_to_a_route_that_names_the_topic) {
    ConsumerGroupSettings group;
    for (const char* topic : {"^order\\..*", "^.*", "order.created"}) {
        TopicRoute route;
        route.topic = topic;
        group.topics.push_back(route);
    }
    EXPECT_EQ(route_of(group, "order.created"), &group.topics[2]);
    EXPECT_EQ(route_of(group, "order.updated"), &group.topics[0]);
    EXPECT_EQ(route_of(group, "inventory"), &group.topics[1]);
    group.topics.erase(group.topics.begin() + 1);
    EXPECT_EQ(route_of(group, "inventory"), nullptr);
}

TEST(Rate, is_written_as_it_is_read) {
    for (const char* text : {"100/s", "20/m", "5/h"}) {
        ASSERT_TRUE(parse_rate(text).value) << text;
        EXPECT_EQ(format_rate(*parse_rate(text).value), text);
    }
    for (const char* text : {"", "100", "100/d", "0/s", "-1/s", "/s", "1.5/s", "100/s ", "1e3/s"}) {
        EXPECT_FALSE(parse_rate(text).value) << text;
    }
    EXPECT_EQ(format_rate({}), "");
}

}  // namespace

}  // namespace carafe::config::spec
