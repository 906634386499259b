#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "carafe/testing/kafka_fixture.h"
#include "support/child_process.h"

namespace carafe::spec {

using std::chrono::seconds;
using Payloads = std::vector<std::string>;

// A worker process, on the karafka.yml of its situation.
class Member {
public:
    Member(std::vector<std::string> arguments, std::string output);

    // Also when it has ended.
    [[nodiscard]] const std::string& pid() const { return pid_; }
    void kill_now() { process_.end(SIGKILL); }
    void freeze() { send(SIGSTOP); }
    void thaw() { send(SIGCONT); }
    // TERM, and its exit code: -1 when a signal ended it.
    int stop() { return process_.end(SIGTERM); }
    // Whether it has ended by itself.
    bool ended();
    // How many times it logged this text.
    [[nodiscard]] int logged(const std::string& text) const;
    // The answer to GET on its ops port; "no port yet" before it has one.
    [[nodiscard]] std::string ask(const std::string& path) const;
    // Its memory that is resident, in MiB.
    [[nodiscard]] int resident_mib() const;
    [[nodiscard]] std::string log() const { return process_.output(); }

private:
    void send(int signal);

    ChildProcess process_;
    const std::string pid_ = std::to_string(process_.pid());
};

// Records of this payload, 20 at a time with keys of their own, until it is stopped.
class Load {
public:
    Load(std::map<std::string, std::string> properties, std::string topic, std::string payload);
    // How many were acknowledged.
    int stop();

private:
    void produce(const std::stop_token& stop);

    const std::map<std::string, std::string> properties_;
    const std::string topic_;
    const std::string payload_;
    int produced_ = 0;
    std::jthread thread_;
};

// One situation of the engine on the real broker and the real database: worker processes of
// support/situation_worker.cpp, steered and watched from outside. Tables of the database:
//   handled  one row per record and time that it took effect
//   calls    one row per call of a consumer, written before anything else
//   hooks    one row per revoked() and shutdown()
//   gates    `wait:x` and the like go on when there is a row x
class Situation : public ::testing::Test {
protected:
    struct Plan {
        bool exactly_once = false;
        int partitions = 1;
        int replication = 1;
        bool dead_letters = true;
        int lanes = 0;  // zero: not parallel
        std::string batch = "max_messages: 500, max_wait: 5ms";
        std::string retry = "attempts: 3, backoff: 20ms..100ms";
        std::map<std::string, std::string> kafka{};     // properties of the clients
        std::map<std::string, std::string> worker{};    // keys of the section of that name
        std::map<std::string, std::string> database{};  // keys of the section of that name
    };

    Situation();
    ~Situation() override;

    // Makes topics and karafka.yml; again, for workers that start from then on.
    void plan(const Plan& plan);
    // Lives until the situation ends.
    Member& start();

    // Each with the key of its place in `keys` when there are any, else all with "key".
    void produce(const Payloads& payloads, const std::vector<std::string>& keys = {});
    // As it is, to the situation's topic.
    void produce_record(Record record);
    // 0, 1, 2, ... each with a key of its own.
    void produce_numbers(int count);

    // The first field of the first row, as text.
    [[nodiscard]] std::string value(const std::string& query) const;
    void execute(const std::string& statements) const;
    void open(const std::string& gate) const;
    // Waits until the query's value is this.
    [[nodiscard]] ::testing::AssertionResult until(
        const std::string& query, const std::string& expected, seconds patience = seconds(45)
    ) const;
    [[nodiscard]] ::testing::AssertionResult until_handled(
        int records, seconds patience = seconds(45)
    ) const;

    // How many times records took effect, and how many records did.
    [[nodiscard]] int handled() const;
    [[nodiscard]] int distinct() const;
    [[nodiscard]] int handled(const std::string& payload) const;
    [[nodiscard]] int calls() const;
    [[nodiscard]] std::vector<testing::StoredRecord> letters() const {
        return kafka.read_all(dead);
    }
    // Waits for as many; a relay may publish them.
    [[nodiscard]] ::testing::AssertionResult until_letters(std::size_t count) const;
    // Two members, of whom the one with a record in hand is killed; until the other has handled it,
    // which is to take ten seconds at most.
    void expect_followed_after_a_kill();
    // For two minutes another member joins or leaves every five seconds, while records of this
    // payload come; how many did.
    [[nodiscard]] int come_and_go(const std::string& payload);
    // The same in exactly_once, with these properties of the clients: each record takes effect
    // once.
    void expect_nothing_doubled_by_who_comes_and_goes(std::map<std::string, std::string> properties
    );
    // How many partitions this member was given so far, and how many were taken from it.
    [[nodiscard]] int assigned(const Member& member) const;
    [[nodiscard]] int revoked(const Member& member) const;
    [[nodiscard]] std::int64_t committed(int partition = 0) const;
    // The position in the database; -1 without one.
    [[nodiscard]] std::int64_t position(int partition = 0) const;
    // From now on each COMMIT of effects waits in the server, until they are let go.
    void hold_commits() const;
    void let_commits_go() const;
    // The server's process of the commit that waits; fails after a while without one.
    [[nodiscard]] std::string commit_that_waits() const;
    // Until somebody waits in the server for a lock, in a statement like this.
    [[nodiscard]] ::testing::AssertionResult until_blocked(const std::string& like) const;
    // A row of another owner, who was there before.
    void set_position(int partition, std::int64_t next_offset) const;

    testing::KafkaFixture kafka;
    const std::string topic = kafka.topic_name("situation");
    const std::string dead = kafka.topic_name("situation.dlq");
    const std::string group = kafka.group("situation");

private:
    class Database;
    std::unique_ptr<Database> database_;
    std::string folder_;
    bool has_topics_ = false;
    std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace carafe::spec
