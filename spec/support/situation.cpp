#include "support/situation.h"

#include <filesystem>
#include <thread>

#include "carafe/testing/eventually.h"
#include "carafe/testing/postgres_fixture.h"
#include "support/http_get.h"

namespace carafe::spec {

using std::chrono::milliseconds;

namespace {

// Asking oftener would only take time from those who work.
constexpr milliseconds kPause{15};

std::string worker_program() {
    const char* other = std::getenv("CARAFE_SITUATION_WORKER");  // bin/situations: one with a bug
    return other != nullptr ? other : CARAFE_SITUATION_WORKER;
}

std::string flow(const std::map<std::string, std::string>& entries) {
    std::string text;
    for (const auto& [name, value] : entries) {
        text += (text.empty() ? "" : ", ") + name + ": " + value;
    }
    return "{" + text + "}";
}

}  // namespace

Member::Member(std::vector<std::string> arguments, std::string output)
    : process_(std::move(arguments), std::move(output)) {}

void Member::send(int signal) {
    ASSERT_EQ(kill(process_.pid(), signal), 0);
}

bool Member::ended() {
    siginfo_t info{};
    const auto pid = static_cast<id_t>(process_.pid());
    if (pid == 0) {
        return true;
    }
    waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT);
    if (info.si_pid != 0) {
        process_.wait();
    }
    return process_.pid() == 0;
}

int Member::logged(const std::string& text) const {
    const std::string log = process_.output();
    int count = 0;
    for (std::size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) {
        ++count;
    }
    return count;
}

std::string Member::ask(const std::string& path) const {
    static const std::string kName = "ops_port=";
    const std::string log = process_.output();
    const std::size_t place = log.find(kName);
    if (place == std::string::npos) {
        return "no port yet";
    }
    return http_get(std::stoi(log.substr(place + kName.size())), path);
}

int Member::resident_mib() const {
    std::ifstream status("/proc/" + pid() + "/status");
    for (std::string word; status >> word;) {
        if (word == "VmRSS:") {
            int kib = 0;
            status >> kib;
            return kib / 1024;
        }
    }
    return 0;
}

class Situation::Database {
public:
    testing::PostgresFixture postgres;
    std::unique_ptr<pqxx::connection> connection = postgres.connect();
};

Situation::Situation() : database_(std::make_unique<Database>()) {
    execute(
        "CREATE TABLE handled (id bigserial, topic text, part int, off bigint, key text,"
        " payload text, attempt int, pid int, at timestamptz DEFAULT clock_timestamp());"
        "CREATE TABLE calls (id bigserial, topic text, part int, first bigint, last bigint,"
        " records int, attempt int, pid int, at timestamptz DEFAULT clock_timestamp());"
        "CREATE TABLE hooks (id bigserial, name text, topic text, part int, pid int);"
        "CREATE TABLE gates (name text)"
    );
    folder_ =
        std::filesystem::temp_directory_path() / ("situation-" + database_->postgres.schema());
    std::filesystem::create_directories(folder_);
    setenv("OPS_PORT", "0", 1);
}

Situation::~Situation() {
    for (const auto& member : members_) {
        if (HasFailure()) {
            const std::string log = member->log();
            constexpr std::size_t kShown = 6'000;
            std::cout << "--- a worker's log\n"
                      << log.substr(log.size() - std::min(log.size(), kShown)) << '\n';
        }
        member->kill_now();
    }
    std::filesystem::remove_all(folder_);
}

void Situation::plan(const Plan& plan) {
    if (!has_topics_) {
        kafka.create_topic("situation", plan.partitions, plan.replication);
        kafka.create_topic("situation.dlq", 1, plan.replication);
        has_topics_ = true;
    }
    auto properties = plan.kafka;
    properties["bootstrap.servers"] = "'" + kafka.brokers() + "'";
    auto database = plan.database;
    database["url"] = "\"" + database_->postgres.settings().url + "\"";
    database.try_emplace("pool_size", "6");
    auto worker = plan.worker;
    worker["journal"] = folder_ + "/journal";
    worker.try_emplace("processing_threads", "6");
    worker.try_emplace("dead_letter_group", "'" + kafka.group("index") + "'");
    std::map<std::string, std::string> route{
        {"consumer", plan.exactly_once ? "Transactional" : "Plain"},
        {"delivery", plan.exactly_once ? "exactly_once" : "at_least_once"},
        {"batch", "{" + plan.batch + "}"},
        {"retry", "{" + plan.retry + "}"}};
    if (plan.dead_letters) {
        route["dead_letter_queue"] = flow({{"topic", dead}});
    }
    if (plan.lanes > 0) {
        route["parallel"] = flow({{"by", "key"}, {"lanes", std::to_string(plan.lanes)}});
    }
    std::ofstream(folder_ + "/karafka.yml", std::ios::trunc)
        << "kafka: " << flow(properties) << "\ndatabase: " << flow(database)
        << "\nworker: " << flow(worker) << "\nconsumer_groups: {" << group << ": {topics: {"
        << topic << ": " << flow(route) << "}}}\n";
}

Member& Situation::start() {
    members_.push_back(std::make_unique<Member>(
        std::vector<std::string>{worker_program(), "worker", "--config", folder_ + "/karafka.yml"},
        folder_ + "/worker-" + std::to_string(members_.size()) + ".log"
    ));
    return *members_.back();
}

void Situation::produce(const Payloads& payloads, const std::vector<std::string>& keys) {
    std::vector<Record> records;
    for (std::size_t index = 0; index < payloads.size(); ++index) {
        records.push_back({topic, index < keys.size() ? keys[index] : "key", payloads[index], {}});
    }
    kafka.produce(records);
}

void Situation::produce_record(Record record) {
    record.topic = topic;
    kafka.produce({record});
}

void Situation::produce_numbers(int count) {
    std::vector<std::string> numbers;
    for (int number = 0; number < count; ++number) {
        numbers.push_back(std::to_string(number));
    }
    produce(numbers, numbers);
}

std::string Situation::value(const std::string& query) const {
    pqxx::nontransaction tx(*database_->connection);
    const pqxx::result rows = tx.exec(query);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].as<std::string>();
}

void Situation::execute(const std::string& statements) const {
    database_->postgres.execute(statements);
}

void Situation::open(const std::string& gate) const {
    execute("INSERT INTO gates (name) VALUES ('" + gate + "')");
}

::testing::AssertionResult Situation::until(
    const std::string& query, const std::string& expected, seconds patience
) const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) {
        const std::string found = value(query);
        if (found == expected) {
            return ::testing::AssertionSuccess();
        }
        if (std::chrono::steady_clock::now() >= deadline) {
            return ::testing::AssertionFailure() << query << " is " << found << ", not " << expected
                                                 << ", after " << patience.count() << " s";
        }
        std::this_thread::sleep_for(kPause);
    }
}

::testing::AssertionResult Situation::until_handled(int records, seconds patience) const {
    return until(
        "SELECT count(DISTINCT (topic, part, off)) FROM handled", std::to_string(records), patience
    );
}

int Situation::handled() const {
    return std::stoi(value("SELECT count(*) FROM handled"));
}

int Situation::distinct() const {
    return std::stoi(value("SELECT count(DISTINCT (topic, part, off)) FROM handled"));
}

int Situation::handled(const std::string& payload) const {
    return std::stoi(value("SELECT count(*) FROM handled WHERE payload = '" + payload + "'"));
}

int Situation::calls() const {
    return std::stoi(value("SELECT count(*) FROM calls"));
}

int Situation::assigned(const Member& member) const {
    return member.logged("partition assigned group=" + group + " ");
}

int Situation::revoked(const Member& member) const {
    return member.logged("partition revoked group=" + group + " ");
}

std::int64_t Situation::committed(int partition) const {
    return kafka.committed(group, topic, partition).value_or(-1);
}

std::int64_t Situation::position(int partition) const {
    const std::string found = value(
        "SELECT next_offset FROM consumer_offsets WHERE topic = '" + topic +
        "' AND partition = " + std::to_string(partition)
    );
    return found.empty() ? -1 : std::stoll(found);
}

::testing::AssertionResult Situation::until_letters(std::size_t count) const {
    std::size_t found = 0;
    const bool came =
        testing::eventually([&] { return (found = letters().size()) >= count; }, seconds(30));
    return (came && found == count ? ::testing::AssertionSuccess() : ::testing::AssertionFailure())
           << found << " dead letters";
}

void Situation::hold_commits() const {
    execute(
        "CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = '60s' AS $$"
        " BEGIN PERFORM pg_advisory_xact_lock_shared(hashtext(current_schema())); RETURN NULL;"
        " END $$; CREATE CONSTRAINT TRIGGER pass AFTER INSERT ON handled DEFERRABLE INITIALLY"
        " DEFERRED FOR EACH ROW EXECUTE FUNCTION pass()"
    );
    static_cast<void>(value("SELECT pg_advisory_lock(hashtext(current_schema()))"));
}

void Situation::let_commits_go() const {
    static_cast<void>(value("SELECT pg_advisory_unlock(hashtext(current_schema()))"));
}

std::string Situation::commit_that_waits() const {
    static const std::string kWaiting =
        " FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid ="
        " (hashtext(current_schema())::bigint & 4294967295)::oid";
    EXPECT_TRUE(until("SELECT count(*)" + kWaiting, "1"));
    return value("SELECT pid" + kWaiting);
}

::testing::AssertionResult Situation::until_blocked(const std::string& like) const {
    return until(
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE "
        "'" +
            like +
            "' AND pid <> pg_backend_pid() AND pid IN (SELECT pid FROM pg_locks WHERE relation"
            " IN ('handled'::regclass, 'consumer_offsets'::regclass))",
        "t"
    );
}

void Situation::set_position(int partition, std::int64_t next_offset) const {
    execute(
        "INSERT INTO consumer_offsets (grp, topic, partition, epoch, next_offset, owner) VALUES "
        "('" +
        group + "', '" + topic + "', " + std::to_string(partition) + ", 1, " +
        std::to_string(next_offset) +
        ", 'operator') ON CONFLICT (grp, topic, partition) DO UPDATE SET epoch ="
        " consumer_offsets.epoch + 1, next_offset = EXCLUDED.next_offset, topic_id = NULL"
    );
}

}  // namespace carafe::spec
