#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace carafe::log {

// Keeps a message that comes again and again (a broker is down, twenty times a second) from
// drowning the log: each text is told once, then at most every `pause`, with how often it came
// meanwhile. Thread-safe.
class Repeats {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Repeats(std::chrono::milliseconds pause = std::chrono::seconds(10)) : pause_(pause) {}

    // Nothing: do not tell it now. Else how many times it was kept back since it was last told.
    std::optional<std::size_t> tell(const std::string& text, Time now);
    // A warning with the field `error`, told as tell() says.
    void warn(std::string_view message, const std::string& error);

private:
    struct Told {
        Time at;
        std::size_t kept_back = 0;
    };

    const std::chrono::milliseconds pause_;
    std::mutex mutex_;
    std::map<std::string, Told> told_;
};

}  // namespace carafe::log
