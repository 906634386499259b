#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "carafe/testing/eventually.h"
#include "integration/kafka/topic_support.h"

namespace carafe::kafka::spec {

namespace {

using carafe::spec::broker;
using carafe::spec::Topics;
using carafe::testing::eventually;
using ::testing::HasSubstr;

TopicSettings wanted(const std::string& name, int partitions) {
    TopicSettings topic;
    topic.name = name;
    topic.partitions = partitions;
    return topic;
}

template <typename Call>
std::string admin_error(Call call) {
    try {
        call();
    } catch (const AdminError& error) {
        return error.what();
    }
    return "";
}

TEST(Admin, creates_a_topic_with_its_partitions_and_config) {
    Topics topics;
    const std::string name = topics.name("admin-create");
    TopicSettings topic = wanted(name, 4);
    topic.config["retention.ms"] = "-1";
    topics.admin().create(topic);
    ASSERT_TRUE(topics.admin().wait_until_visible(name, 4));
    EXPECT_EQ(topics.admin().topics().at(name).partitions, 4);
    EXPECT_EQ(topics.admin().topics().at(name).replication, 1);
    EXPECT_EQ(
        topics.admin().configs({name}).at(name),
        (std::map<std::string, std::string>{{"retention.ms", "-1"}})
    );
}

TEST(Admin, grows_a_topic) {
    Topics topics;
    const std::string name = topics.create("admin-grow", 1);
    topics.admin().grow(name, 3);
    EXPECT_TRUE(topics.admin().wait_until_visible(name, 3));
    EXPECT_EQ(topics.admin().topics().at(name).partitions, 3);
}

TEST(Admin, sets_a_property_and_leaves_the_others_alone) {
    Topics topics;
    const std::string name = topics.create("admin-config", 1);
    topics.admin().set_config(name, {{"retention.ms", "1000"}, {"cleanup.policy", "compact"}});
    topics.admin().set_config(name, {{"retention.ms", "2000"}});
    const std::map<std::string, std::string> expected{
        {"cleanup.policy", "compact"}, {"retention.ms", "2000"}};
    EXPECT_TRUE(eventually([&] { return topics.admin().configs({name}).at(name) == expected; }));
}

TEST(Admin, passes_on_why_the_broker_refuses) {
    Topics topics;
    const std::string name = topics.create("admin-refused", 2);
    EXPECT_THAT(
        admin_error([&] { topics.admin().create(wanted(name, 2)); }),
        HasSubstr("'" + name + "': Topic '" + name + "' already exists")
    );
    EXPECT_THAT(
        admin_error([&] { topics.admin().grow(name, 1); }), HasSubstr("not be an increase")
    );
    EXPECT_THAT(
        admin_error([&] {
            topics.admin().set_config(name, {{"no.such.property", "1"}});
        }),
        HasSubstr("no.such.property")
    );
    EXPECT_THAT(
        admin_error([&] { (void)topics.admin().configs({name + "-missing"}); }),
        HasSubstr("Unknown topic or partition")
    );
}

TEST(Admin, hides_internal_topics) {
    Topics topics;
    const auto all = topics.admin().topics();
    EXPECT_EQ(all.count("__consumer_offsets"), 0U);
}

TEST(Admin, says_which_broker_does_not_answer) {
    Admin admin({{"bootstrap.servers", "127.0.0.1:1"}}, std::chrono::milliseconds(300));
    try {
        (void)admin.topics();
        FAIL() << "answered";
    } catch (const TransientError& error) {
        EXPECT_THAT(error.what(), HasSubstr("no Kafka broker answers at 127.0.0.1:1"));
    }
    EXPECT_THROW(admin.create(wanted("x", 1)), TransientError);
}

TEST(Admin, refuses_a_property_librdkafka_does_not_know) {
    const std::map<std::string, std::string> properties{{"no.such.property", "1"}};
    EXPECT_THROW(Admin admin(properties), ConfigurationError);
}

}  // namespace

}  // namespace carafe::kafka::spec
