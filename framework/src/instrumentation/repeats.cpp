#include "instrumentation/repeats.h"

#include "carafe/log.h"

namespace carafe::log {

namespace {

// Texts may hold ids and ports: past this many different ones it starts over.
constexpr std::size_t kMostTexts = 256;

}  // namespace

std::optional<std::size_t> Repeats::tell(const std::string& text, Time now) {
    const std::lock_guard lock(mutex_);
    const auto known = told_.find(text);
    if (known == told_.end()) {
        if (told_.size() >= kMostTexts) {
            told_.clear();
        }
        told_.emplace(text, Told{now, 0});
        return 0;
    }
    Told& last = known->second;
    if (now - last.at < pause_) {
        ++last.kept_back;
        return std::nullopt;
    }
    const std::size_t kept_back = last.kept_back;
    last = {now, 0};
    return kept_back;
}

void Repeats::warn(std::string_view message, const std::string& error) {
    if (const auto kept_back = tell(error, std::chrono::steady_clock::now())) {
        log::warn(message, {{"error", error}, {"repeated", std::to_string(*kept_back)}});
    }
}

}  // namespace carafe::log
