// 10,000 dead letters of five causes; one cause is redriven while the worker runs, and the command
// is killed at twenty points of its progress. A ledger of the spec's own counts the effects.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>

#include "carafe/testing/eventually.h"
#include "carafe/testing/kafka_fixture.h"
#include "carafe/testing/postgres_fixture.h"
#include "support/child_process.h"

namespace carafe::spec {

namespace {

using namespace std::chrono_literals;
using testing::eventually;

constexpr int kPerCause = 2000;
constexpr int kKills = 20;
constexpr int kKeys = 40;
const std::vector<std::string> kCauses{"alpha", "beta", "gamma", "delta", "epsilon"};

class RedriveKills : public ::testing::Test {
protected:
    RedriveKills() {
        topic_ = kafka_.create_topic("ledger", 3);
        dead_ = kafka_.create_topic("ledger.dlq", 3);
        database_.execute(
            "CREATE TABLE broken (cause text PRIMARY KEY);"
            "CREATE TABLE ledger (id bigserial, cause text, record text, key text)"
        );
        folder_ = std::filesystem::temp_directory_path() / ("redrive_kills_" + database_.schema());
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "karafka.yml")
            << "kafka: {bootstrap.servers: '" << kafka_.brokers() << "'}\n"
            << "consumer_groups: {" << kafka_.group("ledger") << ": {topics: {" << topic_
            << ": {consumer: LedgerConsumer, delivery: exactly_once, retry: {attempts: 1},"
            << " dead_letter_queue: {topic: " << dead_ << "}}}}}\n"
            << "worker: {journal: '" << (folder_ / "journal").string()
            << "', dead_letter_group: " << kafka_.group("ledger-index") << "}\n"
            << "database: {url: \"" << database_.settings().url << "\"}\n";
        setenv("OPS_PORT", "0", 1);
    }
    ~RedriveKills() override {
        worker_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::unique_ptr<ChildProcess> start(
        std::vector<std::string> arguments, const std::string& output
    ) {
        arguments.insert(arguments.begin(), CARAFE_LEDGER_APP);
        arguments.emplace_back("--config");
        arguments.push_back((folder_ / "karafka.yml").string());
        return std::make_unique<ChildProcess>(arguments, (folder_ / output).string());
    }
    void start_worker() { worker_ = start({"worker"}, "worker.log"); }

    long count(const std::string& sql) { return std::stol(database_.value(sql)); }

    void make_dead_letters() {
        for (const std::string& cause : kCauses) {
            database_.execute("INSERT INTO broken VALUES ('" + cause + "')");
        }
        std::vector<Record> records;
        for (int i = 0; i < kPerCause; ++i) {
            for (const std::string& cause : kCauses) {
                records.push_back(
                    {topic_,
                     "key-" + std::to_string(i % kKeys),
                     cause + " " + std::to_string(i),
                     {}}
                );
            }
        }
        kafka_.produce(records);
        start_worker();
        const std::string dead = "SELECT count(*) FROM dead_letters";
        const long all = kPerCause * static_cast<long>(kCauses.size());
        for (long before = 0; before < all;) {  // however slow the machine is
            ASSERT_TRUE(eventually([&] { return count(dead) > before; }, 60s)) << before;
            before = count(dead);
        }
        ASSERT_EQ(count(dead), all);
        ASSERT_EQ(count("SELECT count(DISTINCT fingerprint) FROM dead_letters"), 5);
        database_.execute("DELETE FROM broken WHERE cause = 'gamma'");
    }

    std::vector<std::string> redrive_arguments() const {
        return {
            "dlq",
            "redrive",
            "--where",
            "error_message = 'gamma is broken'",
            "--reason",
            "repaired",
            "--json"};
    }

    // The ids that a dry run says, in its order.
    std::string dry_run() {
        auto arguments = redrive_arguments();
        arguments.emplace_back("--dry-run");
        const auto command = start(arguments, "dry-run.json");
        EXPECT_EQ(command->wait(), 0) << command->output();
        std::string ids;
        const boost::json::value preview = boost::json::parse(command->output());
        for (const auto& item : preview.at("items").as_array()) {
            ids += std::string(item.at("id").as_string()) + " ";
        }
        return ids;
    }

    testing::KafkaFixture kafka_;
    testing::PostgresFixture database_;
    std::filesystem::path folder_;
    std::string topic_;
    std::string dead_;
    std::unique_ptr<ChildProcess> worker_;
};

TEST_F(RedriveKills, lose_nothing_double_nothing_and_touch_nothing_else) {
    ASSERT_NO_FATAL_FAILURE(make_dead_letters());
    const std::string announced = dry_run();
    EXPECT_EQ(count("SELECT count(*) FROM redrives"), 0) << "a dry run writes nothing";

    auto arguments = redrive_arguments();
    arguments.insert(arguments.end(), {"--yes", "--rate", "400/s"});
    std::vector<long> killed_at;
    for (int kill = 0; kill < kKills; ++kill) {
        const auto command = start(arguments, "redrive.log");
        const long target = kPerCause * (5 + 90L * kill / (kKills - 1)) / 100;
        ASSERT_TRUE(eventually(
            [&] { return count("SELECT coalesce(max(done), 0) FROM redrives") >= target; }, 60s
        )) << command->output();
        ASSERT_EQ(command->end(SIGKILL), -1) << command->output();
        killed_at.push_back(count("SELECT done FROM redrives"));
        arguments = {"dlq", "resume", database_.value("SELECT max(id) FROM redrives")};
        if (kill % 7 == 6) {  // the worker too, and with it the relay that publishes the copies
            worker_->end(SIGKILL);
            start_worker();
        }
    }
    ASSERT_LT(killed_at.back(), kPerCause) << "the last kill came too late to mean anything";
    const auto last = start(arguments, "redrive.log");
    ASSERT_EQ(last->wait(), 0) << last->output();

    EXPECT_TRUE(eventually(
        [&] { return count("SELECT count(DISTINCT record) FROM ledger") == kPerCause; }, 60s
    ));
    // Whatever is still in flight has arrived when the outbox is empty and the group has no lag.
    ASSERT_TRUE(eventually([&] { return count("SELECT count(*) FROM outbox") == 0; }, 30s));
    long published = 0;
    for (const auto& record : kafka_.read_all(topic_)) {
        published += record.header("dlq_redrive_id") ? 1 : 0;
    }
    const auto end = std::to_string(kPerCause * static_cast<long>(kCauses.size()) + published);
    ASSERT_TRUE(eventually(
        [&] {
            return database_.value(
                       "SELECT sum(next_offset) FROM consumer_offsets WHERE topic = '" + topic_ +
                       "'"
                   ) == end;
        },
        60s
    ));
    EXPECT_EQ(count("SELECT count(*) FROM ledger"), kPerCause) << "each once";
    EXPECT_EQ(count("SELECT count(*) FROM ledger WHERE cause <> 'gamma'"), 0);
    EXPECT_EQ(
        count("SELECT count(*) FROM dead_letters WHERE state = 'redriven' AND"
              " error_message = 'gamma is broken'"),
        kPerCause
    );
    EXPECT_EQ(
        count("SELECT count(*) FROM dead_letters WHERE state = 'waiting' AND redrive_id IS NULL"),
        kPerCause * static_cast<long>(kCauses.size() - 1)
    );
    EXPECT_EQ(
        database_.value("SELECT string_agg(topic || '/' || partition || '/' || record_offset, ' '"
                        " ORDER BY position) || ' ' FROM redrive_items"),
        announced
    ) << "the run is the dry run";
    EXPECT_EQ(
        count("SELECT count(*) FROM (SELECT substr(record, 7)::int AS n,"
              " lag(substr(record, 7)::int) OVER (PARTITION BY key ORDER BY id) AS before"
              " FROM ledger) x WHERE before > n"),
        0
    ) << "in the original order of each key";
    RecordProperty("copies published", std::to_string(published));
    std::printf(
        "%d kills between %ld and %ld of %d, 2 of the worker; %ld copies published, %ld effects\n",
        kKills,
        killed_at.front(),
        killed_at.back(),
        kPerCause,
        published,
        count("SELECT count(*) FROM ledger")
    );
}

}  // namespace

}  // namespace carafe::spec
