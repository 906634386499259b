#pragma once

#include <memory>
#include <string>

#include "kafka/consumer_client.h"
#include "kafka/properties.h"

namespace carafe::kafka {

// A ConsumerClient on librdkafka. `properties` are put on top of consumer_properties().
// Throws ConfigurationError.
std::unique_ptr<ConsumerClient> make_consumer_client(
    const std::string& group, const Properties& properties
);

}  // namespace carafe::kafka
