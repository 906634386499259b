#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace carafe::spec {

// What a Prometheus would have scraped, once a second, and what the alert rules of deploy/ make of
// it: promtool evaluates them.
class ScrapedMetrics {
public:
    // `folder` is for promtool's files; `rules` is the file of the alert rules. `scrape` gives the
    // exposition, or something without metrics when nobody answers.
    ScrapedMetrics(std::string folder, std::string rules, std::function<std::string()> scrape);

    // What promtool says of the alerts that fire now: names, labels and annotations; empty: none.
    [[nodiscard]] std::string alerts();

private:
    using Values = std::map<int, std::string>;  // second -> value

    void run(const std::stop_token& stop);
    void note(const std::string& exposition, int second);
    [[nodiscard]] int second() const;
    [[nodiscard]] std::string tests(int last);

    const std::string folder_;
    const std::string rules_;
    const std::function<std::string()> scrape_;
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::mutex mutex_;
    std::map<std::string, Values> series_;
    int last_ = 0;
    std::jthread thread_;
};

}  // namespace carafe::spec
