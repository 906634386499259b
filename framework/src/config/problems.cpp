#include "config/problems.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace carafe {

namespace {

std::string render(const std::string& file, const std::vector<SettingsProblem>& problems) {
    std::string text;
    for (const SettingsProblem& problem : problems) {
        text += text.empty() ? "" : "\n";
        text += file + ":" + std::to_string(problem.location.line) + ":" +
                std::to_string(problem.location.column) + ": " + problem.message;
    }
    return text;
}

}  // namespace

SettingsError::SettingsError(const std::string& file, std::vector<SettingsProblem> problems)
    : ConfigurationError(render(file, problems)), problems_(std::move(problems)) {}

namespace config {

void Problems::add(Location location, std::string message) {
    problems_.push_back({location, std::move(message)});
}

std::vector<SettingsProblem> Problems::sorted() const {
    std::vector<SettingsProblem> sorted = problems_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& left, const auto& right) {
        return std::tie(left.location.line, left.location.column) <
               std::tie(right.location.line, right.location.column);
    });
    return sorted;
}

}  // namespace config

}  // namespace carafe
