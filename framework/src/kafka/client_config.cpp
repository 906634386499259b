#include "kafka/client_config.h"

#include <array>

#include "carafe/errors.h"
#include "carafe/log.h"

namespace carafe::kafka {

namespace {

// With KIP-848 the broker assigns and times members out; a client may not say how. That holds for
// each client of the process that is a consumer to librdkafka, readers of logs and administrators
// too.
void leave_to_the_broker(Properties& properties) {
    const auto protocol = properties.find("group.protocol");
    if (protocol != properties.end() && protocol->second == "consumer") {
        properties.erase("partition.assignment.strategy");
        properties.erase("session.timeout.ms");
        properties.erase("heartbeat.interval.ms");
    }
}

}  // namespace

ConfPtr make_conf(const Properties& properties) {
    Properties all = properties;
    leave_to_the_broker(all);
    ConfPtr conf(rd_kafka_conf_new());
    std::array<char, 512> reason{};
    for (const auto& [name, value] : all) {
        if (rd_kafka_conf_set(
                conf.get(), name.c_str(), value.c_str(), reason.data(), reason.size()
            ) != RD_KAFKA_CONF_OK) {
            throw ConfigurationError("kafka property '" + name + "': " + reason.data());
        }
    }
    return conf;
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

ClientPtr make_admin_client(const Properties& properties) {
    Properties own = merged(common_properties(), properties);
    own["group.id"] = "carafe-admin";
    own.erase("group.instance.id");
    return make_client(RD_KAFKA_CONSUMER, make_conf(own));
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
