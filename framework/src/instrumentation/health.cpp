#include "carafe/health.h"

namespace carafe {

namespace {

std::map<std::string, std::string> failing(
    std::mutex& mutex, const std::map<std::string, Health::Check>& checks
) {
    std::map<std::string, Health::Check> copy;
    {
        const std::lock_guard lock(mutex);
        copy = checks;
    }
    std::map<std::string, std::string> reasons;
    for (const auto& [name, check] : copy) {
        if (auto reason = check()) {
            reasons.emplace(name, std::move(*reason));
        }
    }
    return reasons;
}

}  // namespace

void Health::liveness(const std::string& name, Check check) {
    const std::lock_guard lock(mutex_);
    liveness_[name] = std::move(check);
}

void Health::readiness(const std::string& name, Check check) {
    const std::lock_guard lock(mutex_);
    readiness_[name] = std::move(check);
}

void Health::warning(const std::string& name, Check check) {
    const std::lock_guard lock(mutex_);
    warnings_[name] = std::move(check);
}

std::map<std::string, std::string> Health::not_live() const {
    return failing(mutex_, liveness_);
}

std::map<std::string, std::string> Health::not_ready() const {
    return failing(mutex_, readiness_);
}

std::map<std::string, std::string> Health::warnings() const {
    return failing(mutex_, warnings_);
}

}  // namespace carafe
