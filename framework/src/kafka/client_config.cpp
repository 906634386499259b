#include "kafka/client_config.h"

#include <array>

#include "carafe/errors.h"
#include "carafe/log.h"

namespace carafe::kafka {

ConfPtr make_conf(const Properties& properties) {
    ConfPtr conf(rd_kafka_conf_new());
    std::array<char, 512> reason{};
    for (const auto& [name, value] : properties) {
        if (rd_kafka_conf_set(
                conf.get(), name.c_str(), value.c_str(), reason.data(), reason.size()
            ) != RD_KAFKA_CONF_OK) {
            throw ConfigurationError("kafka property '" + name + "': " + reason.data());
        }
    }
    return conf;
}

Properties merged(Properties base, const Properties& over) {
    for (const auto& [name, value] : over) {
        base.insert_or_assign(name, value);
    }
    return base;
}

const Properties& common_properties() {
    static const Properties properties{
        {"log.queue", "true"},
        {"socket.nagle.disable", "true"},
        {"socket.keepalive.enable", "true"},
        // A broker that comes back is found within two seconds.
        {"reconnect.backoff.ms", "50"},
        {"reconnect.backoff.max.ms", "2000"},
        {"topic.metadata.refresh.fast.interval.ms", "100"},
        {"allow.auto.create.topics", "false"},
    };
    return properties;
}

const Properties& consumer_properties() {
    static const Properties properties = merged(
        common_properties(),
        {
            {"enable.auto.offset.store", "false"},
            {"enable.auto.commit", "true"},
            {"auto.commit.interval.ms", "1000"},
            // An offset out of range must stop the partition, not silently jump.
            {"auto.offset.reset", "error"},
            {"isolation.level", "read_committed"},
            {"partition.assignment.strategy", "cooperative-sticky"},
            {"session.timeout.ms", "6000"},
            {"heartbeat.interval.ms", "1000"},
            // The default of 1000 stalls a consumer whenever its prefetch is full.
            {"fetch.queue.backoff.ms", "5"},
            {"fetch.wait.max.ms", "500"},
        }
    );
    return properties;
}

const Properties& producer_properties() {
    static const Properties properties = merged(
        common_properties(),
        {
            {"enable.idempotence", "true"},
            {"acks", "all"},
            {"linger.ms", "1"},
            // As Java's default partitioner, so that all producers agree on a key's partition.
            {"partitioner", "murmur2_random"},
            // Never time a record out: a finite value inverted one key's records over an outage.
            {"message.timeout.ms", "0"},
        }
    );
    return properties;
}

ClientPtr make_client(rd_kafka_type_t type, ConfPtr conf) {
    std::array<char, 512> reason{};
    rd_kafka_t* client = rd_kafka_new(type, conf.get(), reason.data(), reason.size());
    if (client == nullptr) {
        throw ConfigurationError(std::string("kafka client: ") + reason.data());
    }
    (void)conf.release();  // rd_kafka_new owns it, but only on success
    return ClientPtr(client);
}

void log_to_queue(rd_kafka_t* client) {
    rd_kafka_set_log_queue(client, nullptr);
}

void print_log_event(rd_kafka_event_t* event) {
    const char* facility = "";
    const char* text = "";
    int level = 0;
    if (rd_kafka_event_log(event, &facility, &text, &level) != 0) {
        return;
    }
    constexpr int kSyslogError = 3;
    constexpr int kSyslogNotice = 5;
    const log::Fields fields{{"facility", facility}, {"detail", text}};
    if (level <= kSyslogError) {
        log::warn("librdkafka", fields);  // what matters to us also arrives as an error event
    } else if (level <= kSyslogNotice) {
        log::info("librdkafka", fields);
    } else {
        log::debug("librdkafka", fields);
    }
}

}  // namespace carafe::kafka
