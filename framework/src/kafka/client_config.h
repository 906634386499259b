#pragma once

#include <map>
#include <string>

#include "kafka/handles.h"

namespace carafe::kafka {

using Properties = std::map<std::string, std::string>;

// librdkafka's properties, later entries winning; throws ConfigurationError naming the property
// and librdkafka's reason.
ConfPtr make_conf(const Properties& properties);

// `base` with every entry of `over` put on top.
Properties merged(Properties base, const Properties& over);

// What every client of ours starts from; findings behind each value are in the source.
const Properties& common_properties();
const Properties& consumer_properties();
const Properties& producer_properties();

// Makes a client; the conf is consumed. Throws ConfigurationError.
ClientPtr make_client(rd_kafka_type_t type, ConfPtr conf);

// Sends librdkafka's log to the client's main queue, so that we print it on a thread of ours.
void log_to_queue(rd_kafka_t* client);
// Prints one RD_KAFKA_EVENT_LOG.
void print_log_event(rd_kafka_event_t* event);

}  // namespace carafe::kafka
