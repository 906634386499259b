// Records that kill the process, and processes that are killed: each worker is a process of its own
// (this program, started again with a worker's role), because librdkafka does not survive a fork.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "carafe/postgres/pool.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/postgres_fixture.h"
#include "postgres/attempt_store.h"
#include "processing/crash_journal.h"
#include "support/engine_under_test.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using spec::EngineUnderTest;
using testing::eventually;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// Writes each record down in the database, dies at "segfault", and takes its time over "slow".
class MortalConsumer final : public Consumer {
public:
    explicit MortalConsumer(const std::string& url)
        : connection_(std::make_unique<pqxx::connection>(url)) {}

    void consume(const Batch& batch) override {
        for (const Message& message : batch) {
            if (message.payload() == "segfault") {
                raise(SIGSEGV);
            }
            if (message.payload() == "slow") {
                pqxx::work tx(*connection_);
                tx.exec("INSERT INTO handled (payload) VALUES ('began')");
                tx.commit();
                std::this_thread::sleep_for(30s);
            }
        }
        pqxx::work tx(*connection_);
        for (const Message& message : batch) {
            tx.exec_params(
                "INSERT INTO handled (payload) VALUES ($1)", std::string(*message.payload())
            );
        }
        tx.commit();
    }

private:
    std::unique_ptr<pqxx::connection> connection_;
};

// The worker's role: runs until it dies or is killed. Not a spec of its own.
TEST(ProcessDeathWorker, DISABLED_role) {
    const testing::KafkaFixture kafka;
    DatabaseSettings settings;
    settings.url = environment("SPEC_DATABASE");
    postgres::Pool pool(settings, "process death worker");
    postgres::PostgresAttemptStore attempts(pool);
    const std::string folder = environment("SPEC_JOURNAL");
    processing::CrashJournal journal(folder, 4);
    processing::CrashJournal::mark_on_fatal_signals();
    processing::CrashJournal::adopt(folder, [&](const auto& found) { attempts.suspect(found); });
    EngineUnderTest::Options options;
    options.group = environment("SPEC_GROUP");
    options.topic = environment("SPEC_TOPIC");
    options.dead_letter_topic = environment("SPEC_DLQ");
    options.policy.retry.writes_attempts = true;
    options.attempts = &attempts;
    options.journal = &journal;
    options.consumer = {
        [&settings] { return std::make_unique<MortalConsumer>(settings.url); }, false};
    EngineUnderTest engine(kafka, options);
    engine.worker().start();
    while (true) {
        pause();
    }
}

class ProcessDeath : public ::testing::Test {
protected:
    ProcessDeath() {
        database.execute("CREATE TABLE handled (payload text NOT NULL)");
        topic = kafka.create_topic("mortal", 1);
        dead = kafka.create_topic("mortal.dlq", 1);
        folder = std::filesystem::temp_directory_path() / ("process_death_" + database.schema());
        setenv("SPEC_DATABASE", database.settings().url.c_str(), 1);
        setenv("SPEC_JOURNAL", folder.c_str(), 1);
        setenv("SPEC_GROUP", kafka.group("mortal").c_str(), 1);
        setenv("SPEC_TOPIC", topic.c_str(), 1);
        setenv("SPEC_DLQ", dead.c_str(), 1);
    }
    ~ProcessDeath() override {
        stop(SIGKILL);
        std::filesystem::remove_all(folder);
    }

    void start() {
        worker = fork();
        if (worker == 0) {
            execl(
                "/proc/self/exe",
                "worker",
                "--gtest_also_run_disabled_tests",
                "--gtest_filter=ProcessDeathWorker.DISABLED_role",
                nullptr
            );
            _exit(127);
        }
    }
    void stop(int signal) {
        if (worker > 0) {
            kill(worker, signal);
            waitpid(worker, nullptr, 0);
            worker = 0;
        }
    }
    // Whether the worker has died by itself.
    bool died() {
        if (worker > 0 && waitpid(worker, nullptr, WNOHANG) == worker) {
            worker = 0;
        }
        return worker == 0;
    }
    int handled(const std::string& payload) {
        return std::stoi(
            database.value("SELECT count(*) FROM handled WHERE payload = '" + payload + "'")
        );
    }

    testing::KafkaFixture kafka;
    testing::PostgresFixture database;
    std::string topic;
    std::string dead;
    std::string folder;
    pid_t worker = 0;
};

TEST_F(
    ProcessDeath,
    a_record_that_segfaults_the_handler_goes_to_the_dead_letters_after_three_deaths_alone
) {
    std::vector<Record> records;
    for (int index = 0; index < 20; ++index) {
        records.push_back({topic, "key", index == 7 ? "segfault" : std::to_string(index), {}});
    }
    kafka.produce(records);
    int deaths = 0;
    start();
    const bool done = eventually(
        [&] {
            if (died()) {
                ++deaths;
                start();
            }
            return handled("19") > 0;
        },
        90s
    );
    ASSERT_TRUE(done) << deaths << " deaths";
    // Once in a batch, which counts for nobody, and three times alone.
    EXPECT_EQ(deaths, 4);
    const auto letters = kafka.read_all(dead);
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters.front().payload, "segfault");
    for (int index = 0; index < 20; ++index) {
        EXPECT_GE(index == 7 ? 1 : handled(std::to_string(index)), 1) << index;
    }
}

TEST_F(ProcessDeath, kills_from_outside_dead_letter_nothing) {
    kafka.produce({{topic, "key", "1", {}}, {topic, "key", "slow", {}}, {topic, "key", "3", {}}});
    for (int round = 1; round <= 6; ++round) {
        start();
        ASSERT_TRUE(eventually([&] { return handled("began") == round; }, 20s));
        stop(SIGKILL);
    }
    EXPECT_TRUE(kafka.read_all(dead).empty());
}

}  // namespace
}  // namespace carafe
