#include <gmock/gmock.h>

#include "integration/cli/binary.h"
#include "integration/kafka/topic_support.h"

namespace carafe::spec {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TopicsCommand : public ::testing::Test {
protected:
    TopicsCommand() : name_(topics_.name("cli-topics")) {}

    void want(int partitions, const std::string& config) {
        binary_.write(
            "karafka.yml",
            "kafka: {bootstrap.servers: '" + broker().at("bootstrap.servers") + "'}\ntopics:\n  " +
                name_ + ": {partitions: " + std::to_string(partitions) + ", config: {" + config +
                "}}\n"
        );
    }

    Topics topics_;
    std::string name_;
    Binary binary_;
};

TEST_F(TopicsCommand, creates_grows_and_configures_until_there_is_nothing_to_do) {
    want(1, "retention.ms: 1000");
    EXPECT_EQ(binary_.run({"topics", "plan", "--detailed-exitcode"}), 2) << binary_.err;
    EXPECT_THAT(binary_.out, HasSubstr("create with 1 partitions"));
    EXPECT_EQ(topics_.admin().topics().count(name_), 0U);
    EXPECT_EQ(binary_.run({"topics", "migrate"}), 0) << binary_.err;
    EXPECT_EQ(topics_.admin().topics().at(name_).partitions, 1);

    want(3, "retention.ms: -1");
    EXPECT_EQ(binary_.run({"topics", "plan"}), 0);
    EXPECT_THAT(binary_.out, HasSubstr("grow from 1 to 3 partitions"));
    EXPECT_THAT(binary_.out, HasSubstr("set retention.ms from 1000 to -1"));
    EXPECT_EQ(binary_.run({"topics", "migrate"}), 0) << binary_.err;
    EXPECT_EQ(topics_.admin().topics().at(name_).partitions, 3);
    EXPECT_EQ(topics_.admin().configs({name_}).at(name_).at("retention.ms"), "-1");

    EXPECT_EQ(binary_.run({"topics", "plan", "--detailed-exitcode"}), 0);
    EXPECT_EQ(binary_.out, "nothing to do\n");
    EXPECT_EQ(binary_.run({"topics", "migrate"}), 0);
    EXPECT_EQ(binary_.out, "nothing to do\n");
}

TEST_F(TopicsCommand, refuses_to_take_partitions_away_and_changes_nothing) {
    want(3, "");
    ASSERT_EQ(binary_.run({"topics", "migrate"}), 0) << binary_.err;
    want(2, "retention.ms: 1000");
    EXPECT_EQ(binary_.run({"topics", "plan", "--detailed-exitcode"}), 1);
    EXPECT_EQ(binary_.run({"topics", "migrate"}), 1);
    EXPECT_THAT(binary_.err, HasSubstr("Kafka cannot take partitions away; write 3"));
    EXPECT_EQ(topics_.admin().topics().at(name_).partitions, 3);
    EXPECT_TRUE(topics_.admin().configs({name_}).at(name_).empty());
}

TEST_F(TopicsCommand, deletes_records_only_when_told) {
    want(1, "retention.ms: -1");
    ASSERT_EQ(binary_.run({"topics", "migrate"}), 0) << binary_.err;
    want(3, "retention.ms: 1000");
    EXPECT_EQ(binary_.run({"topics", "plan", "--detailed-exitcode", "--json"}), 2);
    EXPECT_THAT(binary_.out, HasSubstr("\"loses_data\":true"));
    EXPECT_EQ(binary_.run({"topics", "migrate"}), 1);
    EXPECT_THAT(binary_.err, HasSubstr("set retention.ms from -1 to 1000"));
    EXPECT_THAT(binary_.err, HasSubstr("--allow-data-loss"));
    EXPECT_EQ(topics_.admin().topics().at(name_).partitions, 1) << "nothing was changed";
    EXPECT_EQ(binary_.run({"topics", "migrate", "--allow-data-loss"}), 0) << binary_.err;
    EXPECT_EQ(topics_.admin().topics().at(name_).partitions, 3);
    EXPECT_EQ(topics_.admin().configs({name_}).at(name_).at("retention.ms"), "1000");
}

TEST_F(TopicsCommand, lists_what_the_cluster_has) {
    want(2, "retention.ms: 1000");
    ASSERT_EQ(binary_.run({"topics", "migrate"}), 0) << binary_.err;
    const std::string foreign = topics_.create("cli-foreign");
    EXPECT_EQ(binary_.run({"topics", "list", "--json"}), 0);
    EXPECT_THAT(
        binary_.out,
        HasSubstr(
            "{\"topic\":\"" + name_ +
            "\",\"partitions\":2,\"replication\":1,\"declared\":true,\"config\":{\"retention.ms\":"
            "\"1000\"}}"
        )
    );
    EXPECT_THAT(binary_.out, HasSubstr("{\"topic\":\"" + foreign + "\",\"partitions\":1"));
    EXPECT_EQ(binary_.run({"topics", "list"}), 0);
    EXPECT_THAT(binary_.out, HasSubstr(name_));
}

TEST_F(TopicsCommand, names_the_topic_and_the_property_that_the_broker_refuses) {
    want(1, "no.such.property: 1");
    EXPECT_EQ(binary_.run({"topics", "migrate"}), 1);
    EXPECT_THAT(binary_.err, HasSubstr(name_));
    EXPECT_THAT(binary_.err, HasSubstr("no.such.property"));
}

}  // namespace

}  // namespace carafe::spec
