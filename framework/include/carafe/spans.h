#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "carafe/trace_context.h"

namespace carafe {

class Metrics;

// Something that took its time in a trace, after it is over. Names and attributes follow
// OpenTelemetry's semantic conventions.
struct Span {
    // As numbered by OTLP (opentelemetry/proto/trace/v1/trace.proto).
    enum class Kind : std::uint8_t { kInternal = 1, kServer, kClient, kProducer, kConsumer };
    using Value = std::variant<std::string, std::int64_t>;

    std::string name;  // of few different ones: "POST /orders", "process orders"
    Kind kind = Kind::kInternal;
    TraceContext context;
    std::optional<TraceContext> parent;  // empty: the first of its trace
    std::chrono::system_clock::time_point start;
    std::chrono::system_clock::time_point end;
    std::vector<std::pair<std::string_view, Value>> attributes;  // names: literals
    std::optional<std::string> error;
};

// The process's spans, told like its log, and exported by SpanExport. Thread-safe.
namespace spans {

// False, and all else of no effect, while there is no SpanExport.
bool enabled();
// Never waits: what there is no room for is counted, and lost. Spans of a trace that is not sampled
// are not kept.
void add(Span&& span);
// Whether a trace that begins here is to be exported.
bool samples(const TraceContext& context);

struct Totals {
    std::uint64_t exported = 0;
    std::uint64_t dropped = 0;  // no room, or the collector refused them
};
Totals totals();
// carafe_spans_exported_total and carafe_spans_dropped_total; `metrics` must not be exposed after
// the end of the program.
void publish_totals(Metrics& metrics);

}  // namespace spans

// Sends the process's spans to a collector: OTLP over HTTP, protobuf
// (https://opentelemetry.io/docs/specs/otlp/). One at a time in a process.
class SpanExport {
public:
    struct Options {
        std::string url;  // http://127.0.0.1:4318/v1/traces
        std::string service = "carafe";
        std::vector<std::string> headers{};  // "Name: value"
        double sampled_share = 1;            // of the traces that begin here
        // Those of OpenTelemetry's batch span processor.
        std::size_t max_queue = 2048;
        std::size_t max_batch = 512;
        std::chrono::milliseconds delay{5'000};
        std::chrono::milliseconds timeout{10'000};  // of a request, and of the last ones at the end
    };

    // From the variables OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
    // OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_SERVICE_NAME,
    // OTEL_TRACES_SAMPLER_ARG, OTEL_BSP_SCHEDULE_DELAY and OTEL_SDK_DISABLED. Empty when none names
    // a collector. Throws ConfigurationError that names the variable.
    static std::optional<Options> from_environment(const std::string& service);

    // Starts a thread. Throws std::logic_error when there is one already.
    explicit SpanExport(Options options);
    // Sends what is left, for at most `timeout`.
    ~SpanExport();
    SpanExport(const SpanExport&) = delete;
    SpanExport& operator=(const SpanExport&) = delete;

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe
