#include "chaos/cli/troubled_worker.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <regex>
#include <sstream>

#include "carafe/testing/eventually.h"
#include "support/free_port.h"
#include "support/http_get.h"

namespace carafe::spec {

namespace {

using namespace std::chrono_literals;
using testing::eventually;
using Clock = std::chrono::steady_clock;

bool has(const std::string& text, const std::string& what) {
    return text.find(what) != std::string::npos;
}

// The part of promtool's answer that is about the alert; empty when it does not fire.
std::string answer_about(const std::string& answers, const std::string& alert) {
    const std::size_t from = answers.find("alertname: " + alert + ",");
    if (from == std::string::npos) {
        return "";
    }
    return answers.substr(from, answers.find("alertname: ", from + 1) - from);
}

std::vector<std::string> alerts_in(const std::string& answers) {
    const std::regex pattern("alertname: ([A-Za-z]+),");
    std::vector<std::string> names;
    for (std::sregex_iterator each(answers.begin(), answers.end(), pattern), end; each != end;
         ++each) {
        names.push_back((*each)[1]);
    }
    return names;
}

// Places in which the cause is looked for, and when it was found there.
struct Place {
    std::string name;
    std::function<std::string()> look;
    std::vector<std::string> signs;
    double found_after = -1;
    std::string seen{};
};

void look_into(Place& place, Clock::time_point since) {
    if (place.found_after >= 0) {
        return;
    }
    place.seen = place.look();
    for (const std::string& sign : place.signs) {
        if (!has(place.seen, sign)) {
            return;
        }
    }
    place.found_after = std::chrono::duration<double>(Clock::now() - since).count();
}

}  // namespace

TroubledWorker::TroubledWorker() : group_(kafka_.group("troubled")) {
    folder_ = std::filesystem::temp_directory_path() / ("troubled_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    database_.execute("CREATE TABLE counted (records bigint); INSERT INTO counted VALUES (0)");
}

TroubledWorker::~TroubledWorker() {
    metrics_.reset();
    workers_.clear();
    std::filesystem::remove_all(folder_);
}

void TroubledWorker::configure(
    const std::string& brokers, const std::string& routes, const std::string& rest
) {
    std::ofstream(file("karafka.yml"), std::ios::trunc)
        << "kafka: {bootstrap.servers: '" << brokers
        << "', session.timeout.ms: " << session_timeout_ms_ << "}\n"
        << "consumer_groups: {" << group_ << ": {topics: " << routes << "}}\n"
        << "worker: {journal: '" << file("journal")
        << "', dead_letter_group: " << kafka_.group("troubled-index")
        << ", processing_threads: 4, shutdown_timeout: 5s}\n"
        << "database: {url: \"" << database_.settings().url << "\", pool_size: 2}\n"
        << rest;
}

std::unique_ptr<ChildProcess> TroubledWorker::start(
    std::vector<std::string> arguments, const std::string& output
) const {
    arguments.insert(arguments.begin(), CARAFE_TROUBLED_APP);
    arguments.emplace_back("--config");
    arguments.push_back(file("karafka.yml"));
    return std::make_unique<ChildProcess>(arguments, file(output));
}

void TroubledWorker::start_worker() {
    const int port = free_port();
    setenv("OPS_PORT", std::to_string(port).c_str(), 1);
    if (workers_.empty()) {
        ops_port_ = port;
    }
    const std::string log = "worker-" + std::to_string(workers_.size()) + ".log";
    workers_.push_back(start({"worker"}, log));
}

void TroubledWorker::wait_until_ready() {
    ASSERT_TRUE(eventually([&] { return has(ask("/readyz"), "HTTP/1.1 200"); }, 60s))
        << ask("/readyz") << "\n"
        << worker(0).output();
}

void TroubledWorker::start_scraping() {
    metrics_ = std::make_unique<ScrapedMetrics>(
        folder_,
        std::filesystem::absolute("deploy/prometheus/carafe_rules.yml"),
        [this] { return ask("/metrics"); }
    );
}

std::string TroubledWorker::ask(const std::string& path) const {
    return http_get(ops_port_, path);
}

std::string TroubledWorker::lag() const {
    const auto command = start({"lag"}, "lag.txt");
    command->wait();
    return command->output();
}

void TroubledWorker::produce(const std::string& topic, const std::vector<std::string>& payloads) {
    std::vector<Record> records;
    for (const std::string& payload : payloads) {
        records.push_back({topic, "key-" + std::to_string(records.size()), payload, {}});
    }
    kafka_.produce(records);
}

void TroubledWorker::handle_a_few_records(const std::string& topic) {
    produce(topic, std::vector<std::string>(24, "good"));
    ASSERT_TRUE(eventually(
        [&] {
            const std::string seen = lag();
            return !has(seen, "?") && !has(seen, "not known") && !has(seen, "nobody") &&
                   has(seen, topic);
        },
        60s
    )) << lag();
}

void TroubledWorker::expect_named(const std::string& cause, const Signs& signs) {
    const auto since = Clock::now();
    std::string answers;
    std::vector<Place> places{
        {"/readyz", [&] { return ask("/readyz"); }, {signs.readyz}},
        {"lag", [&] { return lag(); }, {signs.lag}},
        {"log", [&] { return worker(0).output(); }, {"the worker is in trouble", signs.log}},
        {"alert",
         [&] { return answer_about(answers = metrics_->alerts(), signs.alert.front()); },
         signs.alert}};
    const auto all_found = [&] {
        bool all = true;
        for (Place& place : places) {
            look_into(place, since);
            all &= place.found_after >= 0;
        }
        return all;
    };
    eventually(all_found, 20s);
    std::string summary = cause + " named after";
    for (const Place& place : places) {
        EXPECT_TRUE(place.found_after >= 0 && place.found_after <= 10)
            << cause << " in " << place.name << " after " << place.found_after << " s; it says\n"
            << place.seen;
        std::ostringstream text;
        text << std::fixed << std::setprecision(1) << place.found_after;
        summary += " " + place.name + " " + text.str() + " s";
    }
    std::cout << summary << std::endl;
    EXPECT_FALSE(worker(0).has_ended()) << "exit code " << worker(0).wait();
    for (const std::string& alert : alerts_in(answers)) {
        const bool is_expected = alert == signs.alert.front() ||
                                 std::count(signs.beside.begin(), signs.beside.end(), alert) > 0;
        EXPECT_TRUE(is_expected) << answers;
    }
}

void TroubledWorker::expect_over(const std::string& text) {
    EXPECT_TRUE(eventually(
        [&] {
            return has(ask("/readyz"), "HTTP/1.1 200") &&
                   has(worker(0).output(), "a trouble of the worker is over") &&
                   !has(ask("/readyz"), text);
        },
        120s
    )) << ask("/readyz")
       << worker(0).output();
}

}  // namespace carafe::spec
