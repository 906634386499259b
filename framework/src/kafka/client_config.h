#pragma once

#include "kafka/handles.h"
#include "kafka/properties.h"

namespace carafe::kafka {

// librdkafka's properties, later entries winning; throws ConfigurationError naming the property
// and librdkafka's reason.
ConfPtr make_conf(const Properties& properties);

// Makes a client; the conf is consumed. Throws ConfigurationError.
ClientPtr make_client(rd_kafka_type_t type, ConfPtr conf);

// A client for questions to brokers, with our common properties below `properties`. It never joins
// a group, and still has one: librdkafka 2.15.1 takes that for granted when it asks a coordinator
// that is being loaded for offsets, and dies without (rd_kafka_handle_OffsetFetch). Throws
// ConfigurationError.
ClientPtr make_admin_client(const Properties& properties);

// Sends librdkafka's log to the client's main queue, so that we print it on a thread of ours.
void log_to_queue(rd_kafka_t* client);
// Prints one RD_KAFKA_EVENT_LOG.
void print_log_event(rd_kafka_event_t* event);

}  // namespace carafe::kafka
