// The dlq commands with a database, from a worker's failures to their repair.
#include <gmock/gmock.h>

#include <atomic>

#include "carafe/postgres/redrives.h"
#include "carafe/postgres/transactional_consumer.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/postgres_fixture.h"
#include "integration/cli/running_worker.h"
#include "integration/kafka/topic_support.h"

namespace carafe::spec {

namespace {

using carafe::testing::eventually;
using carafe::testing::PostgresFixture;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Fails on payloads that start with "bad" while it is broken; writes the others down.
class Bookkeeper final : public postgres::TransactionalConsumer {
public:
    explicit Bookkeeper(std::atomic<bool>* broken) : broken_(broken) {}
    void consume(const Batch& batch, pqxx::work& tx) override {
        for (const Message& message : batch) {
            const std::string payload(message.payload().value_or(""));
            if (*broken_ && payload.starts_with("bad")) {
                throw MessageError(message, "the shelf is full");
            }
            tx.exec_params("INSERT INTO book (entry) VALUES ($1)", payload);
        }
    }

private:
    std::atomic<bool>* broken_;
};

class DlqIndex : public ::testing::Test {
protected:
    DlqIndex() : source_(topics_.create("index")), dead_(topics_.create("index.dlq")) {
        database_.execute("CREATE TABLE book (id bigserial, entry text)");
        binary_.consumers = [this](Consumers& consumers) {
            consumers.add<Bookkeeper>("Bookkeeper", &broken_);
        };
        binary_.write(
            "karafka.yml",
            "kafka: {bootstrap.servers: '" + broker().at("bootstrap.servers") +
                "'}\nconsumer_groups: {" + source_ + "-group: {topics: {" + source_ +
                ": {consumer: Bookkeeper, delivery: exactly_once, retry: {attempts: 1},"
                " dead_letter_queue: {topic: " +
                dead_ + "}}}}}\nworker: {dead_letter_group: " + source_ +
                "-index}\ndatabase: {url: \"" + database_.settings().url + "\"}\n"
        );
    }

    [[nodiscard]] Record record(const std::string& payload) const {
        return {source_, "one key", payload, {{"ce_type", "ENTRY"}}};
    }
    std::string value(const std::string& sql) const { return database_.value(sql); }
    bool becomes(const std::string& sql, const std::string& expected) const {
        return eventually([&] { return value(sql) == expected; }, std::chrono::seconds(30));
    }

    Signals signals_;
    PostgresFixture database_;
    Topics topics_;
    std::string source_;
    std::string dead_;
    std::atomic<bool> broken_{true};
    Binary binary_;
    RunningWorker worker_{binary_};
};

TEST_F(DlqIndex, sends_five_dead_letters_of_a_key_back_in_order_behind_newer_live_records) {
    for (int i = 1; i <= 5; ++i) {
        topics_.produce({record("bad" + std::to_string(i)), record("good" + std::to_string(i))});
    }
    worker_.start();
    ASSERT_TRUE(becomes("SELECT count(*) FROM dead_letters", "5"));
    ASSERT_TRUE(becomes(
        "SELECT string_agg(entry, ' ' ORDER BY id) FROM book", "good1 good2 good3 good4 good5"
    ));
    broken_ = false;
    ASSERT_EQ(
        binary_.run(
            {"dlq",
             "redrive",
             "--where",
             "error_message = 'the shelf is full'",
             "--reason",
             "a new shelf",
             "--yes"}
        ),
        0
    ) << binary_.err;
    EXPECT_THAT(binary_.out, HasSubstr("redrive 1 completed: 5 of 5 sent"));
    EXPECT_TRUE(becomes("SELECT count(*) FROM book", "10"));
    EXPECT_EQ(
        value("SELECT string_agg(entry, ' ' ORDER BY id) FROM book"),
        "good1 good2 good3 good4 good5 bad1 bad2 bad3 bad4 bad5"
    );
    EXPECT_EQ(value("SELECT count(*) FROM redrive_items WHERE effect = 'done'"), "5");
}

TEST_F(DlqIndex, counts_the_loops_of_a_record_that_comes_back_and_parks_it_in_the_end) {
    topics_.produce({record("bad")});
    worker_.start();
    for (int loop = 0; loop <= postgres::kRedrivesMax; ++loop) {
        ASSERT_TRUE(becomes("SELECT count(*) FROM dead_letters", std::to_string(loop + 1)));
        ASSERT_EQ(
            binary_.run({"dlq", "redrive", "--topic", dead_, "--reason", "again", "--yes"}), 0
        ) << binary_.err;
    }
    ASSERT_TRUE(becomes("SELECT max(redrives) FROM dead_letters", "4"));
    EXPECT_EQ(binary_.run({"dlq", "redrive", "--topic", dead_, "--reason", "again", "--yes"}), 0);
    EXPECT_EQ(binary_.out, "nothing to redrive\n");
    EXPECT_THAT(binary_.err, HasSubstr("1 were redriven more than 3 times"));
    broken_ = false;
    EXPECT_EQ(
        binary_.run({"dlq", "redrive", "--topic", dead_, "--reason", "r", "--yes", "--force"}), 0
    );
    EXPECT_TRUE(becomes("SELECT count(*) FROM book", "1"));
}

TEST_F(DlqIndex, works_without_a_worker_on_what_the_topic_holds_now) {
    Record letter{dead_, "k", "bad", {}};
    letter.headers = {
        {"dlq_source_topic", source_},
        {"dlq_source_partition", "0"},
        {"dlq_source_offset", "7"},
        {"dlq_consumer_group", source_ + "-group"},
        {"dlq_error_class", "E\x1b"},
        {"dlq_fingerprint", "00ff"}};
    topics_.produce({letter, {dead_, std::nullopt, "foreign", {}}});
    EXPECT_EQ(binary_.run({"dlq", "list"}), 0) << binary_.err;
    EXPECT_THAT(
        binary_.out,
        AllOf(HasSubstr(source_ + "/0/7"), HasSubstr("foreign record"), Not(HasSubstr("\x1b")))
    );
    EXPECT_EQ(binary_.run({"dlq", "list", "--where", "fingerprint = '00ff'", "--json"}), 0);
    EXPECT_THAT(
        binary_.out, AllOf(HasSubstr("\"state\":\"waiting\""), Not(HasSubstr("foreign\":true")))
    );
    EXPECT_EQ(binary_.run({"dlq", "stats"}), 0);
    EXPECT_THAT(binary_.out, AllOf(HasSubstr("00ff"), HasSubstr("(foreign)")));
    EXPECT_EQ(binary_.run({"dlq", "show", dead_ + "/0/0"}), 0);
    EXPECT_THAT(binary_.out, AllOf(HasSubstr("state        waiting"), HasSubstr("bad")));
    EXPECT_EQ(binary_.run({"dlq", "show", dead_ + "/0/9"}), 1);
    EXPECT_EQ(
        binary_.run({"dlq", "redrive", dead_ + "/0/0", dead_ + "/0/1", "--reason", "r", "--yes"}), 2
    );
    EXPECT_THAT(binary_.err, HasSubstr("cannot be redriven: it has no dlq_source_topic"));
    EXPECT_EQ(binary_.run({"dlq", "discard", dead_ + "/0/1", "--reason", "a test", "--yes"}), 0);
    EXPECT_THAT(binary_.out, HasSubstr("1 of 1 discarded"));
    EXPECT_EQ(binary_.run({"dlq", "redrive", dead_ + "/0/1", "--reason", "r", "--yes"}), 2);
    EXPECT_THAT(binary_.err, HasSubstr("was discarded by 1"));
    EXPECT_EQ(binary_.run({"dlq", "list", "--where", "state = 'discarded'"}), 0);
    EXPECT_THAT(binary_.out, HasSubstr(dead_ + "/0/1"));
    EXPECT_EQ(binary_.run({"dlq", "redrives", "--json"}), 0);
    EXPECT_THAT(binary_.out, HasSubstr("\"reason\":\"a test\""));
}

TEST_F(DlqIndex, refuses_what_it_does_not_understand_with_exit_2) {
    EXPECT_EQ(binary_.run({"dlq", "list", "--where", "eror_class = 'X'"}), 2);
    EXPECT_THAT(binary_.err, HasSubstr("did you mean 'error_class'"));
    EXPECT_EQ(binary_.run({"dlq", "redrive", "--reason", "r"}), 2);
    EXPECT_THAT(binary_.err, HasSubstr("say which"));
    EXPECT_EQ(binary_.run({"dlq", "redrive", "--topic", dead_, "--reason", " "}), 2);
    EXPECT_EQ(
        binary_.run({"dlq", "redrive", "--topic", dead_, "--reason", "r", "--rate", "fast"}), 2
    );
    EXPECT_THAT(binary_.err, HasSubstr("write 100/s"));
    binary_.write("patch.json", "{}");
    EXPECT_EQ(
        binary_.run({"dlq", "redrive", "--topic", dead_, "--reason", "r", "--patch", "/nowhere"}), 2
    );
    EXPECT_EQ(binary_.run({"dlq", "resume", "77"}), 2);
    EXPECT_THAT(binary_.err, HasSubstr("there is no redrive 77"));
}

}  // namespace

}  // namespace carafe::spec
