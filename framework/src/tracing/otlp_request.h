#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "carafe/spans.h"

namespace carafe::tracing {

using Resource = std::vector<std::pair<std::string, Span::Value>>;

// The body of POST /v1/traces: an ExportTraceServiceRequest in protobuf
// (opentelemetry/proto/collector/trace/v1/trace_service.proto). Text that is not UTF-8 gets U+FFFD,
// as protobuf's strings must be.
std::string otlp_request(const Resource& resource, std::span<const Span> spans);

}  // namespace carafe::tracing
