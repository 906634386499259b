#include "tracing/otlp_request.h"

#include <protozero/pbf_writer.hpp>

#include "config/text.h"

namespace carafe::tracing {

namespace {

using protozero::pbf_writer;

// Field numbers of opentelemetry-proto 1.x; `k` and the name of the message, then of the field.
// collector/trace/v1/trace_service.proto
constexpr protozero::pbf_tag_type kRequestResourceSpans = 1;
// trace/v1/trace.proto
constexpr protozero::pbf_tag_type kResourceSpansResource = 1;
constexpr protozero::pbf_tag_type kResourceSpansScopeSpans = 2;
constexpr protozero::pbf_tag_type kScopeSpansScope = 1;
constexpr protozero::pbf_tag_type kScopeSpansSpans = 2;
constexpr protozero::pbf_tag_type kSpanTraceId = 1;
constexpr protozero::pbf_tag_type kSpanSpanId = 2;
constexpr protozero::pbf_tag_type kSpanParentSpanId = 4;
constexpr protozero::pbf_tag_type kSpanName = 5;
constexpr protozero::pbf_tag_type kSpanKind = 6;
constexpr protozero::pbf_tag_type kSpanStart = 7;
constexpr protozero::pbf_tag_type kSpanEnd = 8;
constexpr protozero::pbf_tag_type kSpanAttributes = 9;
constexpr protozero::pbf_tag_type kSpanStatus = 15;
constexpr protozero::pbf_tag_type kStatusMessage = 2;
constexpr protozero::pbf_tag_type kStatusCode = 3;
constexpr std::int32_t kStatusCodeError = 2;
// common/v1/common.proto, resource/v1/resource.proto
constexpr protozero::pbf_tag_type kResourceAttributes = 1;
constexpr protozero::pbf_tag_type kScopeName = 1;
constexpr protozero::pbf_tag_type kKeyValueKey = 1;
constexpr protozero::pbf_tag_type kKeyValueValue = 2;
constexpr protozero::pbf_tag_type kAnyValueString = 1;
constexpr protozero::pbf_tag_type kAnyValueInt = 3;

void add_text(pbf_writer& to, protozero::pbf_tag_type tag, std::string_view text) {
    to.add_string(tag, config::valid_text(text));
}

template <std::size_t N>
void add_id(pbf_writer& to, protozero::pbf_tag_type tag, const std::array<std::uint8_t, N>& id) {
    to.add_bytes(tag, reinterpret_cast<const char*>(id.data()), id.size());
}

void add_attribute(
    pbf_writer& to, protozero::pbf_tag_type tag, std::string_view name, const Span::Value& value
) {
    pbf_writer pair(to, tag);
    add_text(pair, kKeyValueKey, name);
    pbf_writer any(pair, kKeyValueValue);
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        any.add_int64(kAnyValueInt, *number);
    } else {
        add_text(any, kAnyValueString, std::get<std::string>(value));
    }
}

std::uint64_t nanoseconds(std::chrono::system_clock::time_point time) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count()
    );
}

void add_span(pbf_writer& to, const Span& span) {
    pbf_writer out(to, kScopeSpansSpans);
    add_id(out, kSpanTraceId, span.context.trace_id);
    add_id(out, kSpanSpanId, span.context.span_id);
    if (span.parent) {
        add_id(out, kSpanParentSpanId, span.parent->span_id);
    }
    add_text(out, kSpanName, span.name);
    out.add_enum(kSpanKind, static_cast<std::int32_t>(span.kind));
    out.add_fixed64(kSpanStart, nanoseconds(span.start));
    out.add_fixed64(kSpanEnd, nanoseconds(span.end));
    for (const auto& [name, value] : span.attributes) {
        add_attribute(out, kSpanAttributes, name, value);
    }
    if (span.error) {
        pbf_writer status(out, kSpanStatus);
        add_text(status, kStatusMessage, *span.error);
        status.add_enum(kStatusCode, kStatusCodeError);
    }
}

}  // namespace

std::string otlp_request(const Resource& resource, std::span<const Span> spans) {
    std::string bytes;
    pbf_writer request(bytes);
    pbf_writer of_resource(request, kRequestResourceSpans);
    {
        pbf_writer description(of_resource, kResourceSpansResource);
        for (const auto& [name, value] : resource) {
            add_attribute(description, kResourceAttributes, name, value);
        }
    }
    pbf_writer of_scope(of_resource, kResourceSpansScopeSpans);
    {
        pbf_writer scope(of_scope, kScopeSpansScope);
        scope.add_string(kScopeName, "carafe");
    }
    for (const Span& span : spans) {
        add_span(of_scope, span);
    }
    of_scope.commit();
    of_resource.commit();
    return bytes;
}

}  // namespace carafe::tracing
