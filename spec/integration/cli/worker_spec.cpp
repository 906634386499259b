#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "carafe/postgres/transactional_consumer.h"
#include "carafe/testing/eventually.h"
#include "integration/cli/binary.h"
#include "integration/kafka/topic_support.h"
#include "support/free_port.h"
#include "support/http_get.h"

namespace carafe::spec {

namespace {

using carafe::testing::eventually;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Counting final : public Consumer {
public:
    explicit Counting(std::atomic<int>* count) : count_(count) {}
    void consume(const Batch& batch) override { *count_ += static_cast<int>(batch.size()); }

private:
    std::atomic<int>* count_;
};

class Inserting final : public postgres::TransactionalConsumer {
public:
    void consume(const Batch& batch, pqxx::work& tx) override {
        for (const Message& message : batch) {
            tx.exec("INSERT INTO seen VALUES (" + tx.quote(std::string(*message.payload())) + ")");
        }
    }
};

// `shop worker` on a thread of this process, with signals blocked everywhere else.
class WorkerCommand : public ::testing::Test {
protected:
    WorkerCommand() : topic_(topics_.create("cli-worker", 2)), ops_port_(free_port()) {
        setenv("OPS_PORT", std::to_string(ops_port_).c_str(), 1);
        binary_.consumers = [this](Consumers& consumers) {
            consumers.add<Counting>("Counting", &count_);
            consumers.add<Inserting>("Inserting");
        };
    }
    ~WorkerCommand() override { unsetenv("OPS_PORT"); }

    void configure(const std::string& route, const std::string& rest = "") const {
        binary_.write(
            "karafka.yml",
            "kafka: {bootstrap.servers: '" + broker().at("bootstrap.servers") +
                "'}\nconsumer_groups: {" + topic_ + "-group: {topics: {" + topic_ + ": {" + route +
                "}}}}\n" + rest
        );
    }

    [[nodiscard]] Record record(const std::string& payload) const {
        Record record;
        record.topic = topic_;
        record.key = payload;
        record.payload = payload;
        return record;
    }

    // Runs the worker until `done` holds, then sends TERM; gives its exit code.
    template <typename Done>
    int run_until(Done done) {
        int code = -1;
        std::thread worker([&] { code = binary_.run_quietly({"worker"}); });
        EXPECT_TRUE(eventually(done, std::chrono::seconds(30)));
        kill(getpid(), SIGTERM);
        worker.join();
        return code;
    }

    // What promtool finds wrong with the metrics in this answer.
    [[nodiscard]] std::string promtool_on(const std::string& answer) const {
        binary_.write("metrics.txt", answer.substr(answer.find("\r\n\r\n") + 4));
        const std::string said = binary_.path("promtool.txt");
        const std::string command =
            "promtool check metrics <" + binary_.path("metrics.txt") + " >" + said + " 2>&1";
        const int status = std::system(command.c_str());
        return (status == 0 ? "" : "it failed: ") + binary_.read("promtool.txt");
    }

    Signals signals_;
    Topics topics_;
    std::string topic_;
    int ops_port_;
    Binary binary_;
    std::atomic<int> count_{0};
};

TEST_F(WorkerCommand, consumes_reports_its_health_and_exits_0_on_term) {
    configure("consumer: Counting");
    topics_.produce({record("a"), record("b"), record("c")});
    EXPECT_EQ(
        run_until([&] {
            return count_ == 3 && http_get(ops_port_, "/readyz").rfind("HTTP/1.1 200", 0) == 0 &&
                   http_get(ops_port_, "/metrics").find(topic_) != std::string::npos;
        }),
        0
    );
    EXPECT_EQ(http_get(ops_port_, "/livez"), "cannot connect");
    // What was committed is not consumed again.
    topics_.produce({record("d")});
    EXPECT_EQ(run_until([&] { return count_ >= 4; }), 0);
    EXPECT_EQ(count_, 4);
}

TEST_F(WorkerCommand, exports_metrics_that_promtool_finds_nothing_wrong_with) {
    configure("consumer: Counting");
    topics_.produce({record("a")});
    std::string metrics;
    EXPECT_EQ(
        run_until([&] {
            metrics = http_get(ops_port_, "/metrics");
            return metrics.find("carafe_consumer_lag_known{") != std::string::npos &&
                   metrics.find("carafe_handler_seconds_bucket{") != std::string::npos &&
                   metrics.find("carafe_lane_state{") != std::string::npos;
        }),
        0
    );
    EXPECT_EQ(promtool_on(metrics), "");
}

TEST_F(WorkerCommand, runs_transactional_consumers_on_the_database) {
    const char* url = std::getenv("DATABASE_URL");
    ASSERT_NE(url, nullptr) << "set DATABASE_URL or run bin/test";
    const std::string name = "carafe_cli_worker_" + std::to_string(getpid());
    configure(
        "consumer: Inserting, delivery: exactly_once",
        "database: {url: '" + std::string(url) + "?dbname=" + name + "'}\n"
    );
    binary_.write(
        "db/migrate/20250101000000_seen.sql",
        "-- up\nCREATE TABLE seen (payload text);\n-- down\nDROP TABLE seen;\n"
    );
    ASSERT_EQ(binary_.run({"db", "create"}), 0) << binary_.err;
    ASSERT_EQ(binary_.run({"db", "migrate"}), 0) << binary_.err;
    topics_.produce({record("a"), record("b")});
    const auto seen = [&] {
        pqxx::connection connection(std::string(url) + "?dbname=" + name);
        pqxx::nontransaction tx(connection);
        return tx.exec("SELECT count(*) FROM seen")[0][0].as<int>();
    };
    {
        pqxx::connection connection(std::string(url) + "?dbname=" + name);
        pqxx::nontransaction(connection)
            .exec(
                "INSERT INTO outbox_parked (shard, id, topic, headers, created_at, error)"
                " VALUES (0, 1, 'refusing', '[]', now(), 'too large')"
            );
    }
    std::string metrics;
    EXPECT_EQ(
        run_until([&] {
            metrics = http_get(ops_port_, "/metrics");
            return seen() >= 2 &&
                   metrics.find("carafe_partition_stuck_seconds{") != std::string::npos &&
                   metrics.find("carafe_outbox_topic_parked_records{topic=\"refusing\"} 1") !=
                       std::string::npos;
        }),
        0
    );
    EXPECT_EQ(seen(), 2);
    EXPECT_EQ(promtool_on(metrics), "");
    pqxx::connection connection{std::string(url)};
    pqxx::nontransaction tx(connection);
    tx.exec("DROP DATABASE " + tx.quote_name(name));
}

TEST_F(WorkerCommand, exits_2_when_a_topic_of_a_route_does_not_exist) {
    binary_.write(
        "karafka.yml",
        "kafka: {bootstrap.servers: '" + broker().at("bootstrap.servers") +
            "'}\nconsumer_groups: {g: {topics: {no-such-topic-here: {consumer: Counting}}}}\n"
    );
    EXPECT_EQ(binary_.run({"worker"}), 2);
    EXPECT_THAT(
        binary_.err, HasSubstr("2:32: topic 'no-such-topic-here' does not exist in the cluster")
    );
    EXPECT_THAT(binary_.err, HasSubstr("run bin/carafe topics migrate"));
    EXPECT_EQ(binary_.run({"routes", "check"}), 2);
    EXPECT_THAT(binary_.err, HasSubstr("run bin/carafe topics migrate"));
}

TEST_F(WorkerCommand, exits_2_for_a_group_that_no_route_has) {
    configure("consumer: Counting");
    EXPECT_EQ(binary_.run({"worker", "--groups", "nobody"}), 2);
    EXPECT_THAT(binary_.err, StartsWith("no consumer group 'nobody' in karafka.yml"));
}

TEST_F(WorkerCommand, exits_2_when_its_ops_port_is_taken) {
    configure("consumer: Counting");
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(ops_port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(descriptor, 1), 0);
    EXPECT_EQ(binary_.run({"worker"}), 2);
    EXPECT_THAT(binary_.err, HasSubstr("OPS_PORT"));
    close(descriptor);
}

}  // namespace

}  // namespace carafe::spec
