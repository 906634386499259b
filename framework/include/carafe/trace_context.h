#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace carafe {

// Where in a trace something happens: W3C Trace Context (https://www.w3.org/TR/trace-context/), the
// header `traceparent` of requests and records.
struct TraceContext {
    std::array<std::uint8_t, 16> trace_id{};
    std::array<std::uint8_t, 8> span_id{};
    bool is_sampled = true;  // to be exported, as whoever began the trace has decided

    // Empty for what is not well-formed, as the standard says it is then to be ignored.
    static std::optional<TraceContext> parse(std::string_view traceparent);
    // A trace of its own.
    static TraceContext root();
    // Another span of the same trace.
    [[nodiscard]] TraceContext child() const;

    [[nodiscard]] std::string traceparent() const;
    bool operator==(const TraceContext&) const = default;
};

// The `traceparent` of a record that follows from something that had `parent`: the same trace, a
// new span. A missing or malformed parent starts a new trace. When spans are exported (spans.h),
// the making of the record becomes one, named "create <what>".
std::string child_traceparent(std::optional<std::string_view> parent, std::string_view what);

}  // namespace carafe
