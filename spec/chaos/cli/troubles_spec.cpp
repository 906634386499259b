// The operator at 3 a.m.: something is broken for real, and within ten seconds /readyz, `lag`, the
// log and an alert on the scraped metrics name what.
#include <fstream>
#include <thread>

#include "carafe/testing/eventually.h"
#include "chaos/cli/troubled_worker.h"
#include "support/own_brokers.h"

namespace carafe::spec {

namespace {

using namespace std::chrono_literals;
using testing::eventually;

std::string in_outbox(const std::string& topic, const std::string& payload) {
    return "INSERT INTO outbox (shard, topic, key, payload) VALUES (3, '" + topic + "', 'a', '" +
           payload + "')";
}

std::string pid_of(ChildProcess& process) {
    return "-" + std::to_string(process.pid());
}

class Troubles : public TroubledWorker {};

TEST_F(Troubles, a_wedged_handler_is_named) {
    const std::string topic = kafka_.create_topic("wedged", 3);
    configure(kafka_.brokers(), "{" + topic + ": {consumer: Wedging}}");
    start_worker();
    wait_until_ready();
    handle_a_few_records(topic);
    start_scraping();
    kafka_.produce({{topic, "the-key", "wedge", {}}});
    const std::string place = "has been running on " + topic + "/";
    expect_named(
        "a wedged handler",
        {place,
         place,
         "key 'the-key'",
         {"CarafeHandlerStuck", topic, "has been running on"},
         {"CarafePartitionStuck"}}
    );
    EXPECT_NE(ask("/readyz").find("key 'the-key', attempt 1"), std::string::npos) << ask("/readyz");
}

TEST_F(Troubles, a_query_that_holds_a_lock_is_named) {
    const std::string topic = kafka_.create_topic("locked", 3);
    configure(kafka_.brokers(), "{" + topic + ": {consumer: Counting, delivery: exactly_once}}");
    start_worker();
    wait_until_ready();
    handle_a_few_records(topic);
    start_scraping();
    const auto connection = database_.connect();
    const std::string session = "session " + std::to_string(connection->backendpid());
    std::thread report([&] {
        try {
            pqxx::work tx(*connection);
            tx.exec("SET LOCAL application_name = 'monthly report'");
            tx.exec("UPDATE counted SET records = records");
            tx.exec("SELECT pg_sleep(29)");
        } catch (const std::exception&) {
            return;  // ended from outside
        }
    });
    ASSERT_TRUE(eventually([&] {
        return database_.value(
                   "SELECT count(*) FROM pg_stat_activity WHERE application_name ="
                   " 'monthly report' AND query LIKE '%pg_sleep(29)%' AND pid <> "
                   "pg_backend_pid()"
               ) == "1";
    }));
    produce(topic, std::vector<std::string>(24, "good"));
    expect_named(
        "a query that holds a lock",
        {session,
         session,
         "of monthly report, active",
         {"CarafeDatabaseLock", "waits for locks"},
         {"CarafePartitionDegraded", "CarafePartitionStuck"}}
    );
    database_.execute(
        "SELECT pg_terminate_backend(" + std::to_string(connection->backendpid()) + ")"
    );
    report.join();
    expect_over(session);
}

TEST_F(Troubles, a_topic_that_refuses_its_records_is_named) {
    const std::string topic = kafka_.create_topic("read", 1);
    const std::string refusing = kafka_.create_topic("refusing", 1);
    kafka_.set_config(refusing, {{"max.message.bytes", "200"}});
    configure(kafka_.brokers(), "{" + topic + ": {consumer: Counting, delivery: exactly_once}}");
    start_worker();
    wait_until_ready();
    handle_a_few_records(topic);
    start_scraping();
    database_.execute(in_outbox(refusing, std::string(2000, 'x')));
    const std::string text = "the broker refuses records of topic " + refusing;
    expect_named(
        "a topic that refuses writes",
        {text + ": ", text + ": ", text, {"CarafeOutboxParked", refusing}}
    );
    EXPECT_NE(ask("/readyz").find("too large"), std::string::npos) << ask("/readyz");
}

TEST_F(Troubles, a_topic_that_has_gone_is_named) {
    const std::string topic = kafka_.create_topic("read", 1);
    const std::string gone = kafka_.topic_name("gone");
    configure(kafka_.brokers(), "{" + topic + ": {consumer: Counting, delivery: exactly_once}}");
    start_worker();
    wait_until_ready();
    handle_a_few_records(topic);
    start_scraping();
    database_.execute(in_outbox(gone, "x"));
    const std::string text = "records of topic " + gone + " stay in the outbox";
    expect_named("a topic that has gone", {text, text, text, {"CarafeOutboxStuck", gone}});
    EXPECT_NE(worker(0).output().find("the broker takes no records of a topic"), std::string::npos)
        << worker(0).output();
    EXPECT_EQ(kafka_.create_topic("gone", 1), gone);
    expect_over(gone);
}

TEST_F(Troubles, a_dead_broker_is_named) {
    OwnBrokers broker(file("broker"));
    const NamedBrokers named(broker.address());
    testing::KafkaFixture own;
    const std::string topic = own.create_topic("read", 2);
    configure(broker.address(), "{" + topic + ": {consumer: Counting, delivery: exactly_once}}");
    start_worker();
    wait_until_ready();
    start_scraping();
    database_.execute(in_outbox(topic, "x"));
    ASSERT_TRUE(
        eventually([&] { return database_.value("SELECT records FROM counted") == "1"; }, 30s)
    );
    broker.kill_now();
    database_.execute(in_outbox(topic, "y"));
    expect_named(
        "a dead broker",
        {"Kafka does not answer: ",
         "not known: topics: asking Kafka: ",
         "Kafka does not answer: ",
         {"CarafeKafkaAway", "worker does not reach all of Kafka"}}
    );
    broker.start();
    expect_over("Kafka does not answer");
    EXPECT_TRUE(
        eventually([&] { return database_.value("SELECT records FROM counted") == "2"; }, 60s)
    );
}

TEST_F(Troubles, a_partition_that_was_halted_is_named) {
    const std::string topic = kafka_.create_topic("halted", 2);
    configure(kafka_.brokers(), "{" + topic + ": {consumer: Counting, delivery: exactly_once}}");
    start_worker();
    wait_until_ready();
    handle_a_few_records(topic);
    EXPECT_EQ(worker(0).end(SIGTERM), 0);
    workers_.clear();
    // Retention overtakes a group that was away.
    produce(topic, std::vector<std::string>(24, "good"));
    database_.execute("UPDATE consumer_offsets SET next_offset = 0 WHERE partition = 1");
    kafka_.delete_records(topic, 1, 3);
    start_worker();
    start_scraping();
    const std::string text = " halted on " + topic + "/1: ";
    expect_named(
        "a halted partition",
        {text + "fetch failed",
         text + "fetch failed",
         text + "fetch failed",
         {"CarafePartitionHalted", topic + "/1"},
         {"CarafePartitionStuck"}}
    );
}

TEST_F(Troubles, a_partition_whose_owner_stands_still_is_named) {
    const std::string topic = kafka_.create_topic("stopped", 2);
    session_timeout_ms_ = 45'000;  // so long nobody else gets it
    configure(kafka_.brokers(), "{" + topic + ": {consumer: Wedging}}");
    start_worker();
    wait_until_ready();
    start_worker();
    const auto owner = [&](ChildProcess& of) {
        return lag().find(pid_of(of)) != std::string::npos;
    };
    ASSERT_TRUE(eventually([&] { return owner(worker(0)) && owner(worker(1)); }, 60s)) << lag();
    handle_a_few_records(topic);
    start_scraping();
    kill(worker(1).pid(), SIGSTOP);
    produce(topic, std::vector<std::string>(24, "good"));
    const std::string text = " does not move on " + topic + "/";
    expect_named(
        "a stuck partition",
        {text, pid_of(worker(1)) + " has it", text, {"CarafePartitionStuck", topic + "/"}}
    );
    kill(worker(1).pid(), SIGCONT);
    expect_over(" does not move on ");
}

}  // namespace

}  // namespace carafe::spec
