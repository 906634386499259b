// The section kafka: librdkafka's properties, but for those the framework owns.

#include <array>

#include "config/sections.h"
#include "config/values.h"

namespace carafe::config {

namespace {

struct Owned {
    std::string_view property;
    std::string_view why;
};

constexpr std::string_view kOffsets =
    "the framework stores and commits positions itself, after the handler is done";
constexpr std::string_view kOrder =
    "records of a key would overtake one another or get lost; the framework's value is fixed";
constexpr std::string_view kMemory = "it comes from worker.memory_budget";
constexpr std::string_view kRebalance =
    "the framework hands partitions over one by one (cooperative-sticky)";
constexpr std::string_view kTopics =
    "topics are created by `carafe topics migrate` from the section topics";
constexpr std::string_view kTransactions =
    "exactly_once is done in PostgreSQL, not with Kafka transactions";
constexpr std::string_view kThreads = "it would run code on librdkafka's own threads";

constexpr std::array kOwned{
    Owned{"group.id", "it is the key of the group under consumer_groups"},
    Owned{
        "group.instance.id",
        "two processes with one id would shut each other out; write 'membership: static' in the "
        "section worker"},
    Owned{"partition.assignment.strategy", kRebalance},
    Owned{"enable.auto.commit", kOffsets},
    Owned{"enable.auto.offset.store", kOffsets},
    Owned{"auto.commit.enable", kOffsets},
    Owned{"offset.store.method", kOffsets},
    Owned{
        "auto.offset.reset",
        "a group without a position starts at the beginning, and a lost position is an error, "
        "never a silent jump"},
    Owned{"isolation.level", "consumers read committed records only"},
    Owned{"enable.partition.eof", "the framework does not use it"},
    Owned{"queued.max.messages.kbytes", kMemory},
    Owned{"queued.min.messages", kMemory},
    Owned{"enable.idempotence", kOrder},
    Owned{"enable.gapless.guarantee", kOrder},
    Owned{"acks", kOrder},
    Owned{"request.required.acks", kOrder},
    Owned{"max.in.flight", kOrder},
    Owned{"max.in.flight.requests.per.connection", kOrder},
    Owned{"message.timeout.ms", kOrder},
    Owned{"delivery.timeout.ms", kOrder},
    Owned{"message.send.max.retries", kOrder},
    Owned{"retries", kOrder},
    Owned{"partitioner", "keys must go to the partitions that Java clients choose (murmur2)"},
    Owned{"transactional.id", kTransactions},
    Owned{"transaction.timeout.ms", kTransactions},
    Owned{"allow.auto.create.topics", kTopics},
    Owned{"metadata.broker.list", "write bootstrap.servers"},
    Owned{"plugin.library.paths", kThreads},
    Owned{"opaque", kThreads},
    Owned{"interceptors", kThreads},
};

std::string_view why_owned(const std::string& property) {
    for (const Owned& owned : kOwned) {
        if (owned.property == property) {
            return owned.why;
        }
    }
    const bool is_callback =
        property.size() > 3 && property.compare(property.size() - 3, 3, "_cb") == 0;
    return is_callback ? kThreads : std::string_view{};
}

bool is_secret(const std::string& property) {
    for (const std::string_view word :
         {"password", "secret", "pem", "sasl.oauthbearer.config", "sasl.oauthbearer.assertion"}) {
        if (property.find(word) != std::string::npos) {
            return true;
        }
    }
    return false;
}

bool is_property_name(const std::string& name) {
    return !name.empty() &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._") == std::string::npos;
}

// Null when the property must not be set.
bool check_property(const YamlNode::Entry& entry, Problems& problems) {
    if (const std::string_view why = why_owned(entry.key); !why.empty()) {
        problems.add(
            entry.location, quote(entry.key) + " belongs to the framework: " + std::string(why)
        );
        return false;
    }
    if (!is_property_name(entry.key)) {
        problems.add(entry.location, quote(entry.key) + " is not a librdkafka property");
        return false;
    }
    if (entry.value.kind == YamlNode::Kind::kMap) {
        problems.add(
            entry.value.location,
            "properties are written on one line, by their whole name: " +
                quote(
                    entry.key + "." +
                    (entry.value.entries.empty() ? "..." : entry.value.entries.front().key) +
                    ": ..."
                )
        );
        return false;
    }
    return true;
}

// KIP-848, or the protocol before it.
void check_protocol(const YamlNode& node, Problems& problems) {
    const YamlNode* protocol = find(node, "group.protocol");
    if (protocol == nullptr) {
        return;
    }
    const auto choice = read_choice(*protocol, {"classic", "consumer"}, problems);
    if (choice != "consumer") {
        return;
    }
    for (const char* property : {"session.timeout.ms", "heartbeat.interval.ms"}) {
        if (const YamlNode* given = find(node, property)) {
            problems.add(
                given->location,
                quote(property) +
                    " is the broker's with group.protocol consumer: set "
                    "group.consumer.session.timeout.ms and group.consumer.heartbeat.interval.ms "
                    "there"
            );
        }
    }
}

}  // namespace

void read_kafka(const YamlNode& node, Settings& settings, Reader& reader) {
    if (!is_section(node, reader.problems)) {
        return;
    }
    check_protocol(node, reader.problems);
    for (const YamlNode::Entry& entry : node.entries) {
        if (!check_property(entry, reader.problems)) {
            continue;
        }
        if (const auto value = read_string(entry.value, reader.problems)) {
            settings.kafka[entry.key] = *value;
            reader.effective.push_back(
                {reader.path + entry.key,
                 is_secret(entry.key) ? "***" : *value,
                 origin(reader, &entry.value)}
            );
        }
    }
}

}  // namespace carafe::config
