#include "postgres/cluster_look.h"

#include <algorithm>

#include "config/topic_pattern.h"
#include "postgres/database_troubles.h"
#include "postgres/positions.h"

namespace carafe::postgres {

namespace {

using kafka::TopicPartition;
using std::chrono::system_clock;

constexpr auto kTimeout = std::chrono::seconds(3);

DatabaseSettings modest(DatabaseSettings settings) {
    settings.pool_size = 1;
    settings.pool_timeout = kTimeout;
    return settings;
}

std::optional<std::int64_t> value_of(
    const kafka::ClusterReader::Offsets& offsets, const TopicPartition& partition
) {
    const auto found = offsets.find(partition);
    return found == offsets.end() ? std::nullopt : std::optional(found->second);
}

// `stored` is the database's position; nullopt: it is not known. Kafka's offset counts only where
// the database has none. Where there is no record nobody is behind, position or not.
GroupReport::Partition seen_at(
    const TopicPartition& partition,
    const std::optional<std::int64_t>& first,
    std::int64_t end,
    const std::optional<kafka::ClusterReader::Offsets>& stored,
    const kafka::ClusterReader::Offsets& committed
) {
    GroupReport::Partition seen;
    seen.topic = partition.topic;
    seen.partition = partition.partition;
    seen.end = end;
    if (stored) {
        seen.position = value_of(*stored, partition);
        if (!seen.position) {
            seen.position = value_of(committed, partition);
        }
    }
    if (seen.position) {
        seen.lag = std::max<std::int64_t>(0, end - *seen.position);
    } else if (first == end) {
        seen.lag = 0;
    }
    return seen;
}

// How old the message, which stands at the group's position, was at the time `at`.
void note_age(GroupReport& group, const Message& message, system_clock::time_point at) {
    for (GroupReport::Partition& each : group.partitions) {
        if (each.topic == message.topic() && each.partition == message.partition()) {
            const std::chrono::duration<double> age = at - message.timestamp();
            each.lag_seconds = std::max(0.0, age.count());
        }
    }
}

// Not known as soon as one of them is not.
void sum_up(GroupReport& group) {
    group.lag = 0;
    group.lag_seconds = 0;
    for (const GroupReport::Partition& each : group.partitions) {
        group.lag = group.lag && each.lag ? std::optional(*group.lag + *each.lag) : std::nullopt;
        group.lag_seconds = group.lag_seconds && each.lag_seconds
                                ? std::optional(std::max(*group.lag_seconds, *each.lag_seconds))
                                : std::nullopt;
    }
    if (group.partitions.empty()) {
        group.lag.reset();
        group.lag_seconds.reset();
    }
}

}  // namespace

ClusterLook::ClusterLook(const Settings& settings)
    : settings_(settings),
      cluster_(settings.kafka, kTimeout),
      log_(settings.kafka, kTimeout, kafka::LogReader::Ahead::kLittle) {
    if (!settings.database.url.empty()) {
        pool_ = std::make_unique<Pool>(modest(settings.database), "carafe cluster");
    }
}

template <typename Ask>
bool ClusterLook::attempt(ClusterReport& report, const std::string& what, const Ask& ask) {
    try {
        ask();
        return true;
    } catch (const ConfigurationError&) {
        throw;
    } catch (const std::exception& error) {
        report.problems.push_back(what + ": " + error.what());
        if (report.kafka_problem.empty()) {
            report.kafka_problem = report.problems.back();
        }
        return false;
    }
}

ClusterReport ClusterLook::look() {
    ClusterReport report;
    report.at = system_clock::now();
    first_.clear();
    ends_.clear();
    if (add_topics(report)) {
        for (const ConsumerGroupSettings& group : settings_.consumer_groups) {
            add_group(report, group);
        }
        add_ages(report);
    } else {  // Kafka is away: nothing else need be asked
        for (const ConsumerGroupSettings& group : settings_.consumer_groups) {
            report.groups.emplace_back().id = group.id;
        }
    }
    for (GroupReport& group : report.groups) {
        sum_up(group);
    }
    return report;
}

bool ClusterLook::add_topics(ClusterReport& report) {
    std::map<std::string, int> counts;
    if (!attempt(report, "topics", [&] { counts = cluster_.partition_counts(); })) {
        return false;
    }
    std::vector<TopicPartition> partitions;
    for (const auto& [name, count] : counts) {
        for (int partition = 0; partition < count; ++partition) {
            partitions.push_back({name, partition});
        }
    }
    attempt(report, "offsets", [&] {
        first_ = cluster_.first_offsets(partitions);
        ends_ = cluster_.end_offsets(partitions);
    });
    for (const auto& [name, count] : counts) {
        TopicReport topic;
        topic.name = name;
        topic.messages = 0;
        std::optional<std::int64_t> sum = 0;
        for (int partition = 0; partition < count; ++partition) {
            const auto first = value_of(first_, {name, partition});
            const auto end = value_of(ends_, {name, partition});
            topic.partitions.push_back({partition, first, end});
            topic.messages = topic.messages && first && end
                                 ? std::optional(*topic.messages + *end - *first)
                                 : std::nullopt;
            sum = sum && end ? std::optional(*sum + *end) : std::nullopt;
        }
        topic.rate = sum ? rate_of(name, *sum) : std::nullopt;
        report.topics.push_back(std::move(topic));
    }
    return true;
}

std::optional<double> ClusterLook::rate_of(const std::string& topic, std::int64_t end) {
    const Seen now{std::chrono::steady_clock::now(), end};
    const auto [before, is_new] = seen_.try_emplace(topic, now);
    if (is_new) {
        return std::nullopt;
    }
    const std::chrono::duration<double> elapsed = now.at - before->second.at;
    const auto grown = static_cast<double>(std::max<std::int64_t>(0, end - before->second.end));
    before->second = now;
    return elapsed.count() > 0 ? std::optional(grown / elapsed.count()) : std::nullopt;
}

std::optional<ClusterLook::Offsets> ClusterLook::positions(
    ClusterReport& report, const std::string& group
) {
    Offsets found;
    try {
        const Pool::Lease lease = pool_->acquire();
        pqxx::read_transaction tx(*lease, "positions");
        for (const Position& each : postgres::positions(tx, group)) {
            found[{each.partition.topic, each.partition.partition}] = each.next_offset;
        }
    } catch (const std::exception& error) {
        report.problems.push_back("positions of " + group + ": " + error.what());
        return std::nullopt;
    }
    return found;
}

void ClusterLook::add_troubles(ClusterReport& report) {
    if (!pool_) {
        return;
    }
    try {
        const Pool::Lease lease = pool_->acquire();
        pqxx::read_transaction tx(*lease, "troubles");
        report.troubles = problems_of_workers(tx);
    } catch (const std::exception& error) {
        report.problems.push_back(std::string("what workers say: ") + error.what());
    }
}

void ClusterLook::add_group(ClusterReport& report, const ConsumerGroupSettings& settings) {
    GroupReport group;
    group.id = settings.id;
    std::map<TopicPartition, std::string> owners;
    attempt(report, "group " + settings.id, [&] {
        const kafka::GroupDescription description = cluster_.describe(settings.id);
        group.state = description.state;
        for (const auto& member : description.members) {
            GroupReport::Member seen{member.client_id, member.host, {}};
            for (const TopicPartition& each : member.partitions) {
                seen.partitions.push_back(each.topic + "/" + std::to_string(each.partition));
                owners[each] = member.client_id;
            }
            group.members.push_back(std::move(seen));
        }
    });
    Offsets committed;
    attempt(report, "offsets of " + settings.id, [&] {
        committed = cluster_.committed(settings.id);
    });
    for (const TopicRoute& route : settings.topics) {
        const bool is_exactly_once = route.delivery == Delivery::kExactlyOnce && pool_ != nullptr;
        const auto stored =
            is_exactly_once ? positions(report, settings.id) : std::optional<Offsets>(Offsets{});
        for (const auto& [partition, end] : ends_) {
            if (config::route_of(settings, partition.topic) == &route) {
                auto seen = seen_at(partition, value_of(first_, partition), end, stored, committed);
                seen.member = owners.count(partition) == 0 ? "" : owners.at(partition);
                group.partitions.push_back(std::move(seen));
            }
        }
    }
    report.groups.push_back(std::move(group));
}

// The age of the record at each position. One reading takes one range per partition, and groups may
// stand at different places of the same one: one reading per group.
void ClusterLook::add_ages(ClusterReport& report) {
    for (GroupReport& group : report.groups) {
        std::vector<kafka::LogRange> ranges;
        for (GroupReport::Partition& each : group.partitions) {
            if (each.lag && *each.lag == 0) {
                each.lag_seconds = 0;
            } else if (each.lag) {
                // What retention has deleted is not there to be handled.
                const auto first = value_of(first_, {each.topic, each.partition});
                const std::int64_t from = std::max(*each.position, first.value_or(*each.position));
                ranges.push_back({each.topic, each.partition, from, from + 1});
            }
        }
        attempt(report, "ages of " + group.id, [&] {
            if (ranges.empty()) {
                return;
            }
            log_.read(ranges, [&](const Message& message) {
                note_age(group, message, report.at);
                return true;
            });
        });
    }
}

}  // namespace carafe::postgres
