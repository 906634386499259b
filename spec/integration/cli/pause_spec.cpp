// What operators do to a running worker, and what they see of it.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "carafe/postgres/pauses.h"
#include "carafe/postgres/transactional_consumer.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/postgres_fixture.h"
#include "integration/cli/running_worker.h"
#include "integration/kafka/topic_support.h"

namespace carafe::spec {

namespace {

using carafe::testing::eventually;
using carafe::testing::PostgresFixture;
using ::testing::HasSubstr;

class Writer final : public postgres::TransactionalConsumer {
public:
    void consume(const Batch& batch, pqxx::work& tx) override {
        for (const Message& message : batch) {
            tx.exec_params(
                "INSERT INTO seen VALUES ($1, $2)", message.partition(), message.offset()
            );
        }
    }
};

class OperatedWorker : public ::testing::Test {
protected:
    OperatedWorker() : topic_(topics_.create("operated", 2)), group_(topic_ + "-group") {
        database_.execute("CREATE TABLE seen (partition int, record bigint)");
        binary_.consumers = [](Consumers& consumers) { consumers.add<Writer>("Writer"); };
        binary_.write(
            "karafka.yml",
            "kafka: {bootstrap.servers: '" + broker().at("bootstrap.servers") +
                "'}\nconsumer_groups: {" + group_ + ": {topics: {" + topic_ +
                ": {consumer: Writer, delivery: exactly_once}}}}\ndatabase: {url: \"" +
                database_.settings().url + "\"}\n"
        );
    }
    // Keys that reach both partitions.
    void produce(int count) {
        std::vector<Record> records;
        for (int i = 0; i < count; ++i) {
            records.push_back({topic_, "key-" + std::to_string(i), "x", {}});
        }
        topics_.produce(records);
    }
    void pause(
        std::optional<std::int32_t> partition,
        std::optional<std::chrono::system_clock::time_point> until = std::nullopt
    ) {
        pauses_.pause({{group_, partition ? topic_ : "", partition}, "ada", "repair", until, {}});
    }
    int seen(const std::string& where = "true") {
        return std::stoi(database_.value("SELECT count(*) FROM seen WHERE " + where));
    }
    bool shows(const std::string& state, std::size_t count) {
        return eventually(
            [&] {
                const auto lanes = pauses_.lanes();
                return static_cast<std::size_t>(std::count_if(
                           lanes.begin(),
                           lanes.end(),
                           [&](const auto& lane) { return lane.state == state; }
                       )) == count;
            },
            std::chrono::seconds(20)
        );
    }

    Signals signals_;
    PostgresFixture database_;
    Topics topics_;
    std::string topic_;
    std::string group_;
    Binary binary_;
    postgres::Pool pool_{database_.settings(), "spec"};
    postgres::Pauses pauses_{pool_};
    RunningWorker worker_{binary_};
};

TEST_F(OperatedWorker, takes_nothing_of_a_paused_partition_and_goes_on_when_it_is_resumed) {
    pause(1);
    worker_.start();
    ASSERT_TRUE(shows("paused", 1));
    produce(40);
    ASSERT_TRUE(eventually([&] { return seen("partition = 0") > 0; }));
    ASSERT_TRUE(shows("paused", 1));
    EXPECT_EQ(seen("partition = 1"), 0);
    EXPECT_TRUE(pauses_.resume({group_, topic_, 1}, "ada", "repaired"));
    EXPECT_TRUE(eventually([&] { return seen() == 40; }, std::chrono::seconds(20)));
    EXPECT_FALSE(pauses_.resume({group_, topic_, 1}, "ada", "twice"));
    EXPECT_EQ(
        database_.value("SELECT string_agg(action || ' ' || reason, ', ' ORDER BY id)"
                        " FROM operator_audit"),
        "pause repair, resume repaired"
    );
}

TEST_F(OperatedWorker, finds_its_pauses_again_after_a_restart_and_drops_those_that_have_expired) {
    worker_.start();
    ASSERT_TRUE(shows("idle", 2));
    pause(std::nullopt);
    ASSERT_TRUE(shows("paused", 2));
    worker_.stop();
    produce(10);
    worker_.start();
    ASSERT_TRUE(shows("paused", 2));
    EXPECT_EQ(seen(), 0);
    // Replaces the one that had no end.
    pause(std::nullopt, std::chrono::system_clock::now() + std::chrono::milliseconds(200));
    EXPECT_TRUE(eventually([&] { return seen() == 10; }, std::chrono::seconds(20)));
    EXPECT_TRUE(pauses_.list().empty());
}

TEST_F(OperatedWorker, is_seen_to_fall_behind_in_records_and_in_time_and_unknown_is_not_zero) {
    ASSERT_EQ(binary_.run({"lag", "--json"}), 0) << binary_.err;
    boost::json::value report = boost::json::parse(binary_.out);
    EXPECT_EQ(report.at(0).at("lag"), 0) << "there is nothing to handle";
    EXPECT_EQ(report.at(0).at("lag_seconds").to_number<double>(), 0);
    produce(4);
    ASSERT_EQ(binary_.run({"lag", "--json"}), 0) << binary_.err;
    report = boost::json::parse(binary_.out);
    EXPECT_TRUE(report.at(0).at("lag").is_null()) << "nobody has ever handled anything";
    EXPECT_TRUE(report.at(0).at("lag_seconds").is_null());
    worker_.start();
    ASSERT_TRUE(eventually([&] { return seen() == 4; }, std::chrono::seconds(20)));
    pause(std::nullopt);
    ASSERT_TRUE(shows("paused", 2));
    ASSERT_EQ(binary_.run({"lag", "--json"}), 0) << binary_.err;
    report = boost::json::parse(binary_.out);
    EXPECT_EQ(report.at(0).at("lag"), 0);
    EXPECT_EQ(report.at(0).at("lag_seconds").to_number<double>(), 0);
    EXPECT_EQ(report.at(0).at("state"), "Stable");
    produce(20);
    ASSERT_EQ(binary_.run({"lag", "--json"}), 0) << binary_.err;
    report = boost::json::parse(binary_.out);
    EXPECT_EQ(report.at(0).at("lag"), 20);
    EXPECT_GT(report.at(0).at("lag_seconds").as_double(), 0);
    EXPECT_EQ(binary_.run({"lag", group_}), 0);
    EXPECT_THAT(binary_.out, HasSubstr(topic_));
    EXPECT_EQ(binary_.run({"groups"}), 0);
    EXPECT_THAT(binary_.out, HasSubstr("Stable"));
    EXPECT_EQ(binary_.run({"lag", "nobodys"}), 2);
}

}  // namespace

}  // namespace carafe::spec
