#include "carafe/consumer_log.h"

#include "carafe/consumer_services.h"

namespace carafe {

namespace {

// Of a traceparent (W3C Trace Context): version-trace-span-flags, in hex digits.
std::string_view trace_id(std::string_view traceparent) {
    constexpr std::size_t kBegin = 3;
    constexpr std::size_t kLength = 32;
    const bool is_one = traceparent.size() > kBegin + kLength && traceparent[kBegin - 1] == '-' &&
                        traceparent[kBegin + kLength] == '-';
    return is_one ? traceparent.substr(kBegin, kLength) : std::string_view();
}

}  // namespace

std::vector<log::Field> ConsumerLog::place() const {
    std::vector<log::Field> fields{
        {"group", services_.group()},
        {"topic", services_.topic()},
        {"partition", std::to_string(services_.partition())}};
    if (message_) {
        fields.emplace_back("offset", std::to_string(message_->offset()));
        const auto id = trace_id(message_->header("traceparent").value_or(""));
        if (!id.empty()) {
            fields.emplace_back("trace_id", id);
        }
    }
    return fields;
}

void ConsumerLog::write(log::Level level, std::string_view message, log::Fields fields) const {
    if (!log::enabled(level)) {
        return;
    }
    std::vector<log::Field> all = place();
    all.insert(all.end(), fields.begin(), fields.end());
    log::write(level, message, all);
}

void ConsumerLog::debug(std::string_view message, log::Fields fields) const {
    write(log::Level::kDebug, message, fields);
}
void ConsumerLog::info(std::string_view message, log::Fields fields) const {
    write(log::Level::kInfo, message, fields);
}
void ConsumerLog::warn(std::string_view message, log::Fields fields) const {
    write(log::Level::kWarn, message, fields);
}
void ConsumerLog::error(std::string_view message, log::Fields fields) const {
    write(log::Level::kError, message, fields);
}

}  // namespace carafe
