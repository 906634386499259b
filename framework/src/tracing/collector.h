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
    struct Options {
        std::string url;
        std::vector<std::string> headers;  // "Name: value"
        std::chrono::milliseconds timeout;
    };
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

    explicit Collector(Options options);
    ~Collector();
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    // `body` is an ExportTraceServiceRequest. Never throws; takes at most the timeout.
    Answer post(const std::string& body);

    class Connection;

private:
    const Options options_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace carafe::tracing
