#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace carafe {

// What /livez and /readyz answer. Parts of a process register checks; thread-safe. A check answers
// nothing when all is well, else the reason, and must return at once (it reads state, never asks a
// server).
class Health {
public:
    using Check = std::function<std::optional<std::string>()>;

    // Red: the process is stuck and must be restarted.
    void liveness(const std::string& name, Check check);
    // Red: it cannot serve now (starting, stopping, or something it needs is away).
    void readiness(const std::string& name, Check check);

    // Not red, but somebody should look: told by /readyz beside its answer.
    void warning(const std::string& name, Check check);

    // Name -> reason of all checks that are red; empty when all is well.
    [[nodiscard]] std::map<std::string, std::string> not_live() const;
    [[nodiscard]] std::map<std::string, std::string> not_ready() const;
    [[nodiscard]] std::map<std::string, std::string> warnings() const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, Check> liveness_;
    std::map<std::string, Check> readiness_;
    std::map<std::string, Check> warnings_;
};

}  // namespace carafe
