#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "carafe/message.h"

namespace carafe::kafka {

// Offsets [from, to) of one partition.
struct LogRange {
    std::string topic;
    std::int32_t partition = 0;
    std::int64_t from = 0;
    std::int64_t to = 0;
};

// Reads what is stored in topics, by assignment: joins no group, commits nothing, leaves no trace.
// Used by one thread. All throw TransientError when the broker does not answer.
class LogReader {
public:
    // What is fetched beyond the records that are asked for: a broker sends what lies behind them,
    // too.
    enum class Ahead {
        kMuch,    // for long ranges: up to 1 MiB of a partition at a time
        kLittle,  // for a few records of many partitions: whole batches, but one, or 16 KiB of them
    };

    // `properties` are librdkafka's. Throws ConfigurationError.
    explicit LogReader(
        const std::map<std::string, std::string>& properties,
        std::chrono::milliseconds timeout = std::chrono::seconds(10),
        Ahead ahead = Ahead::kMuch
    );
    ~LogReader();
    LogReader(const LogReader&) = delete;
    LogReader& operator=(const LogReader&) = delete;

    // What every partition of the topic holds; empty when there is no such topic.
    [[nodiscard]] std::vector<LogRange> ranges(const std::string& topic) const;

    // Calls `visit` with every record of the ranges (one per partition), in offset order within a
    // partition; the message is valid for the call. A visit that returns false ends the reading.
    // The time-out is for the gap between two records.
    using Visit = std::function<bool(const Message& message)>;
    void read(const std::vector<LogRange>& ranges, const Visit& visit);

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe::kafka
