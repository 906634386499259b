#include "chaos/cli/scraped_metrics.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace carafe::spec {

namespace {

std::string read_file(const std::string& path) {
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::set<std::string> all_of(const std::string& text, const std::regex& pattern) {
    std::set<std::string> found;
    for (std::sregex_iterator each(text.begin(), text.end(), pattern), end; each != end; ++each) {
        found.insert((*each)[1]);
    }
    return found;
}

// As promtool's notation of series takes numbers.
std::string plain(const std::string& value) {
    if (value == "Nan" || value == "NaN") {
        return "NaN";
    }
    std::ostringstream text;
    text << std::fixed << std::stod(value);
    return text.str();
}

std::string in_yaml(const std::string& text) {
    return "'" + std::regex_replace(text, std::regex("'"), "''") + "'";
}

}  // namespace

ScrapedMetrics::ScrapedMetrics(
    std::string folder, std::string rules, std::function<std::string()> scrape
)
    : folder_(std::move(folder)),
      rules_(std::move(rules)),
      scrape_(std::move(scrape)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

int ScrapedMetrics::second() const {
    return static_cast<int>(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start_)
            .count()
    );
}

void ScrapedMetrics::run(const std::stop_token& stop) {
    for (int next = 0; !stop.stop_requested(); ++next) {
        std::this_thread::sleep_until(start_ + std::chrono::seconds(next));
        if (second() > next) {
            next = second();  // the machine was busy: what was missed is missing
        }
        const std::string exposition = scrape_();
        const std::lock_guard lock(mutex_);
        note(exposition, next);
        last_ = next;
    }
}

void ScrapedMetrics::note(const std::string& exposition, int second) {
    std::istringstream lines(exposition);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t space = line.rfind(' ');
        if (line.rfind("carafe_", 0) != 0 || space == std::string::npos ||
            line.find("_bucket{") != std::string::npos) {
            continue;
        }
        std::string name = line.substr(0, space);
        const std::size_t labels = name.find('{');
        name = labels == std::string::npos ? name + "{instance=\"worker\"}"
                                           : name.insert(labels + 1, "instance=\"worker\",");
        series_[name][second] = plain(line.substr(space + 1));
    }
}

// One question of each alert: does none of it fire? promtool shows those that do.
std::string ScrapedMetrics::tests(int last) {
    std::string text = "rule_files: [" + in_yaml(rules_) +
                       "]\nevaluation_interval: 1s\ntests:\n  - interval: 1s\n    input_series:\n";
    for (const auto& [name, values] : series_) {
        text += "      - {series: " + in_yaml(name) + ", values: '";
        for (int at = 0; at <= last; ++at) {
            const auto value = values.find(at);
            text += (at > 0 ? " " : "") + (value == values.end() ? "_" : value->second);
        }
        text += "'}\n";
    }
    text += "    alert_rule_test:\n";
    for (const std::string& alert : all_of(read_file(rules_), std::regex("- alert: ([A-Za-z]+)"))) {
        text += "      - {eval_time: " + std::to_string(last) + "s, alertname: " + alert +
                ", exp_alerts: []}\n";
    }
    return text;
}

std::string ScrapedMetrics::alerts() {
    const std::string questions = folder_ + "/alerts.yml";
    const std::string answers = folder_ + "/alerts.txt";
    {
        const std::lock_guard lock(mutex_);
        std::ofstream(questions, std::ios::trunc) << tests(last_);
    }
    const bool is_quiet =
        std::system(("promtool test rules " + questions + " >" + answers + " 2>&1").c_str()) == 0;
    const std::string said = read_file(answers);
    if (!is_quiet && said.find("alertname: ") == std::string::npos) {
        throw std::runtime_error("promtool: " + said);
    }
    return is_quiet ? "" : said;
}

}  // namespace carafe::spec
