// A worker whose consumer dies at a record that says so; told what to do by the environment. It is
// a program of its own because librdkafka does not survive a fork.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <pqxx/pqxx>
#include <thread>

#include "carafe/postgres/pool.h"
#include "postgres/attempt_store.h"
#include "processing/crash_journal.h"
#include "support/engine_under_test.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;

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

}  // namespace
}  // namespace carafe

// Runs until it dies or is killed.
int main() {
    using namespace carafe;
    using spec::EngineUnderTest;
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
