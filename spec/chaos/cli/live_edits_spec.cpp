// karafka.yml is edited under a worker that has work to do: 200 times so that it must be refused,
// 20 times so that it must be taken. In full on purpose; in a short form always.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

#include "carafe/testing/eventually.h"
#include "carafe/testing/kafka_fixture.h"
#include "chaos/cli/hostile_edits.h"
#include "support/child_process.h"
#include "support/free_port.h"
#include "support/http_get.h"

namespace carafe::spec {

namespace {

using namespace std::chrono_literals;
using testing::eventually;

// 1 of CARAFE_EDITS_SCALE: 20 hostile edits of each kind and all good ones.
double scale() {
    const char* text = std::getenv("CARAFE_EDITS_SCALE");
    return text == nullptr ? 1 : std::stod(text);
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

int count_of(const std::string& text, const std::string& what) {
    int count = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) {
        ++count;
    }
    return count;
}

class LiveEdits : public ::testing::Test {
protected:
    LiveEdits() : ops_port_(free_port()) {
        folder_ =
            std::filesystem::temp_directory_path() / ("live_edits_" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
        names_ = {
            kafka_.brokers(),
            folder_.string(),
            kafka_.group("edited"),
            kafka_.group("edited-other"),
            kafka_.create_topic("orders"),
            kafka_.create_topic("stock", 2),
            kafka_.create_topic("mail", 1),
            kafka_.create_topic("orders.dlq", 1)};
        extra_ = kafka_.create_topic("extra", 4);
        good_ = good_file(names_);
        setenv("OPS_PORT", std::to_string(ops_port_).c_str(), 1);
        setenv("EDITED_LEDGER", ledger().c_str(), 1);
        write(good_);
        worker_ = start({"worker"}, "worker.log");
    }
    ~LiveEdits() override {
        is_done_ = true;
        if (load_.joinable()) {
            load_.join();
        }
        worker_.reset();
        std::filesystem::remove_all(folder_);
    }

    [[nodiscard]] std::string file() const { return folder_ / "karafka.yml"; }
    [[nodiscard]] std::string ledger() const { return folder_ / "ledger"; }

    std::unique_ptr<ChildProcess> start(
        std::vector<std::string> arguments, const std::string& output
    ) {
        arguments.insert(arguments.begin(), CARAFE_EDITED_APP);
        arguments.emplace_back("--config");
        arguments.push_back(file());
        return std::make_unique<ChildProcess>(arguments, (folder_ / output).string());
    }

    // As editors do it, by turns: into the file itself, or into another one that takes its place.
    void write(const std::string& text) {
        if (++edits_ % 2 == 0) {
            std::ofstream(file(), std::ios::trunc | std::ios::binary) << text;
            return;
        }
        std::ofstream(file() + "~", std::ios::trunc | std::ios::binary) << text;
        std::filesystem::rename(file() + "~", file());
    }

    [[nodiscard]] std::string metrics() const { return http_get(ops_port_, "/metrics"); }
    // The sum of all series of that name, as far as they have these labels; -1 without any.
    [[nodiscard]] double metric(const std::string& name, const std::string& labels = "") const {
        std::istringstream lines(metrics());
        double sum = -1;
        for (std::string line; std::getline(lines, line);) {
            if ((line.rfind(name + "{", 0) == 0 || line.rfind(name + " ", 0) == 0) &&
                line.find(labels) != std::string::npos) {
                sum = std::max(sum, 0.0) + std::stod(line.substr(line.rfind(' ')));
            }
        }
        return sum;
    }
    [[nodiscard]] double processed() const { return metric("carafe_records_processed_total"); }

    // Keeps producing until the end.
    void start_load() {
        load_ = std::jthread([this] {
            while (!is_done_) {
                std::vector<Record> records;
                for (const std::string& topic : {names_.orders, names_.stock, names_.mail}) {
                    for (int i = 0; i < 5; ++i) {
                        const std::string payload = std::to_string(produced_++);
                        records.push_back({topic, payload, payload, {}});
                    }
                }
                kafka_.produce(records);
            }
        });
    }

    [[nodiscard]] bool is_complete() const {
        std::ifstream stream(ledger());
        std::set<std::string> seen;
        for (std::string line; std::getline(stream, line);) {
            seen.insert(line);
        }
        return seen.size() == static_cast<std::size_t>(produced_);
    }

    [[nodiscard]] std::string log_since(std::size_t start) const {
        return worker_->output().substr(start);
    }

    void wait_until_running() {
        ASSERT_TRUE(eventually(
            [&] {
                return http_get(ops_port_, "/readyz").rfind("HTTP/1.1 200", 0) == 0 &&
                       count_of(worker_->output(), "partition assigned") == 6 && processed() > 0;
            },
            60s
        )) << worker_->output();
    }

    // How many partitions `routes plan` says that the text would touch; -1: it does not answer.
    int partitions_planned(const std::string& text) {
        std::ofstream(folder_ / "next.yml", std::ios::trunc) << text;
        const std::string next = folder_ / "next.yml";
        const std::string port = std::to_string(ops_port_);
        std::string said;
        const auto asks = [&] {
            const auto plan = start({"routes", "plan", next, "--worker", port, "--json"}, "plan");
            const int code = plan->wait();
            said = plan->output();
            return code == 0;
        };
        if (!eventually(asks, 30s)) {  // on a busy machine Kafka may be too slow for it once
            ADD_FAILURE() << said;
            return -1;
        }
        return static_cast<int>(boost::json::parse(said).at("partitions").as_int64());
    }

    testing::KafkaFixture kafka_;
    int ops_port_;
    std::filesystem::path folder_;
    EditedNames names_;
    std::string extra_;
    std::string good_;
    int edits_ = 0;
    std::unique_ptr<ChildProcess> worker_;
    std::atomic<bool> is_done_{false};
    std::atomic<int> produced_{0};
    std::jthread load_;
};

TEST_F(LiveEdits, that_are_broken_or_hostile_change_nothing_and_are_refused_with_line_and_column) {
    start_load();
    wait_until_running();
    const std::string generation = "carafe_group_generation";
    ASSERT_TRUE(eventually([&] { return metric(generation) > 0; }));
    const double generations = metric(generation);
    const double moves = metric("carafe_partition_moves_total");
    const std::regex place("karafka\\.yml:[0-9]+:[0-9]+: ");

    int refused = 0;
    const int each = std::max(1, static_cast<int>(20 * scale()));
    for (const HostileEdit& edit : hostile_edits(names_, each)) {
        const double before = processed();
        const std::size_t start = worker_->output().size();
        write(edit.text);
        ++refused;
        const bool is_refused = eventually(
            [&] {
                return metric("carafe_config_reloads_total", "rejected") == refused &&
                       processed() > before;
            },
            10s
        );
        refused -= is_refused ? 0 : 1;
        ASSERT_EQ(metric("carafe_config_reloads_total", "rejected"), refused);
        EXPECT_TRUE(is_refused) << edit.kind << "\n"
                                << edit.text.substr(0, 2000) << "\n"
                                << log_since(start);
        const std::string said = log_since(start);
        EXPECT_EQ(count_of(said, "karafka.yml refused"), is_refused ? 1 : 0) << edit.kind << "\n"
                                                                             << said;
        EXPECT_TRUE(!is_refused || std::regex_search(said, place)) << edit.kind << "\n" << said;
        ASSERT_EQ(metric(generation), generations) << edit.kind;
        ASSERT_EQ(metric("carafe_partition_moves_total"), moves) << edit.kind;
        ASSERT_EQ(metric("carafe_config_generation"), 0) << edit.kind;
    }
    EXPECT_EQ(metric("carafe_config_refused"), 1);
    write(good_);
    EXPECT_TRUE(eventually([&] { return metric("carafe_config_refused") == 0; }));
    is_done_ = true;
    load_.join();
    EXPECT_TRUE(eventually([&] { return is_complete(); }, 30s));
    EXPECT_EQ(worker_->end(SIGTERM), 0) << worker_->output();
    std::cout << refused << " edits refused, " << produced_ << " records handled meanwhile\n";
}

TEST_F(LiveEdits, that_are_good_are_taken_and_touch_the_partitions_that_were_planned) {
    start_load();
    wait_until_running();
    const std::string orders = "retry: {attempts: 3, backoff: 10ms..100ms}";
    const std::string stock = "        consumer: WritingToo\n";
    const std::string mail = "      " + names_.mail + ":\n        consumer: Writing\n";
    const std::string with_extra =
        replaced(good_, mail, mail + "      " + extra_ + ":\n        consumer: Writing\n");
    const std::string with_group = replaced(
        good_,
        "topics:\n  " + names_.orders,
        "  " + names_.group + "-new:\n    topics:\n      " + extra_ +
            ":\n        consumer: WritingToo\ntopics:\n  " + names_.orders
    );
    const std::string lanes =
        replaced(good_, stock, stock + "        parallel: {by: key, lanes: 2}\n");
    const std::vector<std::pair<std::string, int>> edits{
        {replaced(good_, orders, "retry: {attempts: 7, backoff: 10ms..100ms}"), 3},
        {with_extra, 3 + 4},
        {with_group, 4 + 4},
        {replaced(with_group, orders, "retry: {attempts: 9}"), 3},
        {good_, 3 + 4},
        {replaced(good_, "max_messages: 100", "max_messages: 7"), 3},
        {lanes, 3 + 2},
        {replaced(lanes, "lanes: 2", "lanes: 3"), 2},
        {good_, 2},
        {replaced(good_, stock, "        consumer: Writing\n"), 2},
        {replaced(good_, "        dead_letter_queue: {topic: " + names_.dead + "}\n", ""), 2 + 3},
        {good_, 3},
        {replaced(good_, "shutdown_timeout: 10s", "shutdown_timeout: 12s"), 0},
        {replaced(good_, orders + "\n", "retry: {attempts: 1}\n"), 3},
        {replaced(with_extra, stock, "        consumer: Writing\n"), 3 + 4 + 2},
        {with_extra, 2},
        {replaced(
             with_extra,
             extra_ + ":\n        consumer: Writing\n",
             extra_ + ":\n        consumer: WritingToo\n"
         ),
         4},
        {replaced(with_extra, "processing_threads: 4", "processing_threads: 5"), 4},
        {replaced(good_, "max_wait: 5ms", "max_wait: 6ms"), 3 + 4},
        {good_, 3}};
    const auto pid = worker_->pid();
    int taken = 0;
    const auto most = static_cast<std::size_t>(static_cast<double>(edits.size()) * scale()) + 1;
    for (std::size_t i = 0; i < std::min(most, edits.size()); ++i) {
        const auto& [text, expected] = edits[i];
        const std::size_t start = worker_->output().size();
        const double before = processed();
        // Asked before the worker can have taken the file.
        EXPECT_EQ(partitions_planned(text), expected) << i;
        write(text);
        ++taken;
        const auto touched = [&] {
            const std::string said = log_since(start);
            return count_of(said, "partition goes on by its changed route") +
                   count_of(said, "partition assigned") + count_of(said, "partition revoked");
        };
        ASSERT_TRUE(eventually(
            [&] {
                return metric("carafe_config_generation") == taken && touched() >= expected &&
                       processed() > before;
            },
            30s
        )) << i
           << ": " << touched() << " of " << expected << "\n"
           << log_since(start);
        EXPECT_EQ(touched(), expected) << i << "\n" << log_since(start);
        EXPECT_EQ(count_of(log_since(start), "karafka.yml refused"), 0) << log_since(start);
    }
    EXPECT_EQ(worker_->pid(), pid);
    is_done_ = true;
    load_.join();
    EXPECT_TRUE(eventually([&] { return is_complete(); }, 30s));
    EXPECT_EQ(worker_->end(SIGTERM), 0) << worker_->output();
    std::cout << taken << " edits taken, " << produced_ << " records handled meanwhile\n";
}

}  // namespace

}  // namespace carafe::spec
