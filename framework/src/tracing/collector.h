#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace carafe::tracing {

// Where spans go: one HTTP connection to an OTLP endpoint. Used by one thread.
class Collector {
public:
    enum class Verdict : std::uint8_t {
        kTaken,    // but for `refused` of the spans
        kLater,    // not there, or 429, 502, 503, 504: the same again may be taken
        kRefused,  // for good
    };
    struct Answer {
        Verdict verdict = Verdict::kLater;
        std::size_t refused = 0;
        std::string error;                               // what to tell a person
        std::optional<std::chrono::milliseconds> pause;  // Retry-After
    };

    // Each of the headers: "Name: value".
    Collector(std::string url, const std::vector<std::string>& headers);
    ~Collector();
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    // `body` is an ExportTraceServiceRequest. Never throws; takes at most the timeout.
    Answer post(const std::string& body, std::chrono::milliseconds timeout);

    class Connection;

private:
    const std::string url_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace carafe::tracing
