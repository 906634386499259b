#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "carafe/log.h"
#include "carafe/message.h"

namespace carafe {

class ConsumerServices;

// The process's log with the place of what is worked on beside each entry: group, topic and
// partition, and of a record its offset and, when it has a traceparent header, its trace_id. Asked
// for by BaseConsumer::log() and not kept; builds nothing for a level that is off.
class ConsumerLog {
public:
    explicit ConsumerLog(
        const ConsumerServices& services, const std::optional<Message>& message = std::nullopt
    )
        : services_(services), message_(message) {}

    void debug(std::string_view message, log::Fields fields = {}) const;
    void info(std::string_view message, log::Fields fields = {}) const;
    void warn(std::string_view message, log::Fields fields = {}) const;
    void error(std::string_view message, log::Fields fields = {}) const;

    // What it puts beside an entry.
    [[nodiscard]] std::vector<log::Field> place() const;

private:
    void write(log::Level level, std::string_view message, log::Fields fields) const;

    const ConsumerServices& services_;
    const std::optional<Message> message_;
};

}  // namespace carafe
