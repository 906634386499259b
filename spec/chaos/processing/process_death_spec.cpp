// Records that kill the process, and processes that are killed; the worker is
// support/mortal_worker.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "carafe/testing/eventually.h"
#include "carafe/testing/kafka_fixture.h"
#include "carafe/testing/postgres_fixture.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using testing::eventually;

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
            execl(CARAFE_MORTAL_WORKER, "mortal_worker", nullptr);
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
