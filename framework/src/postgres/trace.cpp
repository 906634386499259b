#include "carafe/trace.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>
#include <set>

#include "carafe/errors.h"
#include "carafe/message.h"
#include "carafe/postgres/pool.h"
#include "config/topic_pattern.h"
#include "kafka/cluster_reader.h"
#include "kafka/log_reader.h"
#include "postgres/fields.h"
#include "postgres/outbox_headers.h"
#include "postgres/positions.h"

namespace carafe {

namespace {

using kafka::TopicPartition;
using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr auto kTimeout = std::chrono::seconds(2);
// Of one partition: an old order of a busy shop is followed as far as this.
constexpr std::int64_t kRecordsMax = 50'000;
constexpr std::size_t kTraceIdBegin = 3;  // 00-<32 digits>-...
constexpr std::size_t kTraceIdLength = 32;

// RFC 3339 in UTC, with any fraction.
std::optional<system_clock::time_point> parse_time(const std::string& text) {
    std::tm parts{};
    int used = 0;
    if (std::sscanf(
            text.c_str(),
            "%4d-%2d-%2dT%2d:%2d:%2d%n",
            &parts.tm_year,
            &parts.tm_mon,
            &parts.tm_mday,
            &parts.tm_hour,
            &parts.tm_min,
            &parts.tm_sec,
            &used
        ) != 6) {
        return std::nullopt;
    }
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    double fraction = 0;
    if (text.c_str()[used] == '.') {
        std::sscanf(text.c_str() + used, "%lf", &fraction);
    }
    constexpr double kMicros = 1e6;
    return system_clock::from_time_t(timegm(&parts)) +
           std::chrono::microseconds(static_cast<std::int64_t>(fraction * kMicros));
}

using Headers = std::vector<std::pair<std::string, std::string>>;

TraceHop hop_of(const std::string& topic, const Headers& headers) {
    TraceHop hop;
    hop.topic = topic;
    for (const auto& [name, value] : headers) {
        if (name == "ce_type") {
            hop.type = value;
        } else if (name == "ce_id") {
            hop.event_id = value;
        } else if (name == "ce_time") {
            hop.made = parse_time(value);
        } else if (name == "traceparent" && value.size() > kTraceIdBegin + kTraceIdLength) {
            hop.trace_id = value.substr(kTraceIdBegin, kTraceIdLength);
        } else if (name == "dlq_error_message") {
            hop.note = "dead letter: " + value;
        } else if (name == "dlq_redrive_id") {
            hop.note = "redriven by " + value;
        }
    }
    return hop;
}

class Tracer {
public:
    Tracer(const Settings& settings, std::string key)
        : settings_(settings), key_(std::move(key)), cluster_(settings.kafka, kTimeout) {
        if (!settings.database.url.empty()) {
            DatabaseSettings modest = settings.database;
            modest.pool_size = 1;
            pool_ = std::make_unique<postgres::Pool>(modest, "carafe trace");
        }
    }

    Trace run(system_clock::time_point since) {
        attempt("Kafka", [&] { read_topics(since); });
        attempt("readers", [&] { add_readers(); });
        if (pool_) {
            attempt("the outbox", [&] { read_outbox(); });
        }
        const auto when = [](const TraceHop& hop) {
            return hop.made.value_or(hop.published.value_or(system_clock::time_point::max()));
        };
        std::stable_sort(
            trace_.hops.begin(),
            trace_.hops.end(),
            [&](const TraceHop& left, const TraceHop& right) { return when(left) < when(right); }
        );
        return std::move(trace_);
    }

private:
    template <typename Ask>
    void attempt(const std::string& what, const Ask& ask) {
        try {
            ask();
        } catch (const ConfigurationError&) {
            throw;
        } catch (const std::exception& error) {
            trace_.problems.push_back(what + ": " + error.what());
        }
    }

    void read_topics(system_clock::time_point since) {
        const std::map<std::string, int> counts = cluster_.partition_counts();
        std::vector<TopicPartition> partitions;
        for (const TopicSettings& topic : settings_.topics) {
            const auto known = counts.find(topic.name);
            if (known != counts.end()) {
                partitions.push_back({topic.name, kafka::partition_of_key(key_, known->second)});
            }
        }
        const auto begins = cluster_.offsets_since(partitions, since);
        const auto ends = cluster_.end_offsets(partitions);
        std::vector<kafka::LogRange> ranges;
        for (const auto& [partition, begin] : begins) {
            const auto end = ends.find(partition);
            if (end == ends.end() || end->second <= begin) {
                continue;
            }
            if (end->second - begin > kRecordsMax) {
                trace_.problems.push_back(
                    partition.topic + ": only the first " + std::to_string(kRecordsMax) +
                    " records since then were looked at"
                );
            }
            ranges.push_back(
                {partition.topic,
                 partition.partition,
                 begin,
                 std::min(end->second, begin + kRecordsMax)}
            );
        }
        kafka::LogReader reader(settings_.kafka, kTimeout);
        reader.read(ranges, [&](const Message& message) {
            if (message.key() == key_) {
                add_record(message);
            }
            return true;
        });
    }

    void add_record(const Message& message) {
        Headers headers;
        for (const Header& header : message.headers()) {
            headers.emplace_back(header.name, header.value);
        }
        TraceHop hop = hop_of(std::string(message.topic()), headers);
        hop.published = message.timestamp();
        hop.partition = message.partition();
        hop.offset = message.offset();
        trace_.hops.push_back(std::move(hop));
    }

    // Who reads the topics, and whether they have passed the record.
    void add_readers() {
        for (const ConsumerGroupSettings& group : settings_.consumer_groups) {
            std::map<TopicPartition, std::int64_t> positions = cluster_.committed(group.id);
            if (pool_) {
                const postgres::Pool::Lease lease = pool_->acquire();
                pqxx::read_transaction tx(*lease, "trace");
                for (const auto& each : postgres::positions(tx, group.id)) {
                    positions[{each.partition.topic, each.partition.partition}] = each.next_offset;
                }
            }
            add_reader(group, positions);
        }
    }

    void add_reader(
        const ConsumerGroupSettings& group, const std::map<TopicPartition, std::int64_t>& positions
    ) {
        for (TraceHop& hop : trace_.hops) {
            if (!hop.offset || config::route_of(group, hop.topic) == nullptr) {
                continue;
            }
            const auto position = positions.find({hop.topic, *hop.partition});
            hop.readers.push_back(
                {group.id,
                 position == positions.end() ? std::nullopt
                                             : std::optional(position->second > *hop.offset)}
            );
        }
    }

    void read_outbox() {
        const postgres::Pool::Lease lease = pool_->acquire();
        pqxx::read_transaction tx(*lease, "trace");
        const pqxx::binarystring key(key_.data(), key_.size());
        for (const auto& row : tx.exec_params(
                 "SELECT topic, headers::text, '' FROM outbox WHERE key = $1 UNION ALL"
                 " SELECT topic, headers::text, error FROM outbox_parked WHERE key = $1",
                 key
             )) {
            TraceHop hop = hop_of(
                row[0].as<std::string>(), postgres::parse_outbox_headers(row[1].as<std::string>())
            );
            const std::string error = row[2].as<std::string>();
            hop.note = error.empty() ? "waits in the outbox" : "refused by the broker: " + error;
            // It may have been published since Kafka was looked at.
            const bool is_known =
                std::any_of(trace_.hops.begin(), trace_.hops.end(), [&](const TraceHop& known) {
                    return !hop.event_id.empty() && known.event_id == hop.event_id &&
                           known.topic == hop.topic;
                });
            if (!is_known) {
                trace_.hops.push_back(std::move(hop));
            }
        }
    }

    const Settings& settings_;
    const std::string key_;
    kafka::ClusterReader cluster_;
    std::unique_ptr<postgres::Pool> pool_;
    Trace trace_;
};

}  // namespace

Trace trace_key(
    const Settings& settings, const std::string& key, std::chrono::system_clock::time_point since
) {
    return Tracer(settings, key).run(since);
}

std::optional<std::chrono::system_clock::time_point> time_of_uuid(const std::string& id) {
    constexpr std::size_t kLength = 36;
    constexpr std::size_t kVersionAt = 14;
    if (id.size() != kLength || id[kVersionAt] != '7' || id[8] != '-') {
        return std::nullopt;
    }
    const std::string digits = id.substr(0, 8) + id.substr(9, 4);
    if (!std::all_of(digits.begin(), digits.end(), [](unsigned char digit) {
            return std::isxdigit(digit) != 0;
        })) {
        return std::nullopt;
    }
    constexpr int kHexadecimal = 16;
    return system_clock::time_point(milliseconds(std::stoll(digits, nullptr, kHexadecimal)));
}

}  // namespace carafe
