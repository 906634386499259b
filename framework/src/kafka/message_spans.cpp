#include "kafka/message_spans.h"

#include "carafe/spans.h"

namespace carafe::kafka {

namespace {

constexpr std::string_view kTraceparent = "traceparent";

// Empty when there is nothing to tell.
std::optional<Span> begin(
    std::string_view traceparent,
    std::string_view verb,
    std::string_view topic,
    std::chrono::system_clock::time_point start
) {
    const auto parent = TraceContext::parse(traceparent);
    if (!parent || !parent->is_sampled) {
        return std::nullopt;
    }
    Span span;
    span.name = std::string(verb) + ' ' + std::string(topic);
    span.context = parent->child();
    span.parent = parent;
    span.start = start;
    span.end = std::chrono::system_clock::now();
    span.attributes = {
        {"messaging.system", "kafka"},
        {"messaging.operation.name", std::string(verb)},
        {"messaging.destination.name", std::string(topic)}};
    return span;
}

void add_position(Span& span, std::int32_t partition, std::int64_t offset) {
    span.attributes.emplace_back("messaging.destination.partition.id", std::to_string(partition));
    span.attributes.emplace_back("messaging.kafka.offset", offset);
}

}  // namespace

void add_process_span(
    const Message& message,
    std::string_view group,
    std::chrono::system_clock::time_point start,
    const std::optional<std::string>& error
) {
    if (!spans::enabled()) {
        return;
    }
    auto span = begin(message.header(kTraceparent).value_or(""), "process", message.topic(), start);
    if (!span) {
        return;
    }
    span->kind = Span::Kind::kConsumer;
    add_position(*span, message.partition(), message.offset());
    if (!group.empty()) {
        span->attributes.emplace_back("messaging.consumer.group.name", std::string(group));
        span->attributes.emplace_back("carafe.attempt", std::int64_t{message.attempt()});
    }
    span->error = error;
    spans::add(std::move(*span));
}

void add_publish_span(
    const Record& record, std::chrono::system_clock::time_point start, const DeliveryReport& report
) {
    if (!spans::enabled()) {
        return;
    }
    std::string_view traceparent;
    for (const auto& [name, value] : record.headers) {
        if (name == kTraceparent) {
            traceparent = value;
        }
    }
    auto span = begin(traceparent, "publish", record.topic, start);
    if (!span) {
        return;
    }
    span->kind = Span::Kind::kProducer;
    if (report.error.empty()) {
        add_position(*span, report.partition, report.offset);
    } else {
        span->error = report.error;
    }
    spans::add(std::move(*span));
}

}  // namespace carafe::kafka
