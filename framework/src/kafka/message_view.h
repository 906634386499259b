#pragma once

#include "carafe/message.h"
#include "kafka/handles.h"

namespace carafe::kafka {

// A view of librdkafka's own memory; valid while `message` lives.
Message view(const rd_kafka_message_t& message, std::string_view topic);

}  // namespace carafe::kafka
