#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "carafe/testing/kafka_fixture.h"
#include "carafe/testing/postgres_fixture.h"
#include "chaos/cli/scraped_metrics.h"
#include "support/child_process.h"

namespace carafe::spec {

// Workers of support/troubled_app.cpp on real servers, and what an operator looks at while they are
// in trouble.
class TroubledWorker : public ::testing::Test {
protected:
    // What must be found in each place.
    struct Signs {
        std::string readyz;
        std::string lag;
        std::string log;
        std::vector<std::string> alert;  // its name, and more that it says
        // Alerts that may fire too; any other that does misnames the cause.
        std::vector<std::string> beside{};
    };

    TroubledWorker();
    ~TroubledWorker() override;

    // `routes` in flow style: {topic: {consumer: ...}, ...}; `rest` are more lines of karafka.yml.
    void configure(
        const std::string& brokers, const std::string& routes, const std::string& rest = ""
    );
    // The first one is the one that is looked at. Waits until it is ready.
    void start_worker();
    ChildProcess& worker(std::size_t number) { return *workers_.at(number); }
    void wait_until_ready();
    void start_scraping();
    [[nodiscard]] std::string ask(const std::string& path) const;
    [[nodiscard]] std::string lag() const;

    void produce(const std::string& topic, const std::vector<std::string>& payloads);
    // So that every partition has a position.
    void handle_a_few_records(const std::string& topic);

    // From now on the cause must be named in all places within ten seconds.
    void expect_named(const std::string& cause, const Signs& signs);
    // After the cause is gone: ready again, and the log says so.
    void expect_over(const std::string& text);

    [[nodiscard]] std::string file(const std::string& name) const { return folder_ + "/" + name; }

    testing::KafkaFixture kafka_;
    testing::PostgresFixture database_;
    std::string folder_;
    std::string group_;
    int ops_port_ = 0;
    int session_timeout_ms_ = 6000;
    std::vector<std::unique_ptr<ChildProcess>> workers_;
    std::unique_ptr<ScrapedMetrics> metrics_;

private:
    std::unique_ptr<ChildProcess> start(
        std::vector<std::string> arguments, const std::string& output
    ) const;
};

}  // namespace carafe::spec
