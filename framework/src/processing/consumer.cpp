#include "carafe/consumer.h"

#include <stdexcept>

#include "carafe/producer.h"

namespace carafe {

ConsumerServices& BaseConsumer::services() const {
    if (services_ == nullptr) {
        throw std::logic_error(
            "a consumer's services can be used from initialized() on, not in its constructor"
        );
    }
    return *services_;
}

void BaseConsumer::produce(const std::vector<Record>& records) const {
    services().produce(records);
}

Producer& BaseConsumer::producer() const {
    return services().producer();
}

postgres::Pool& BaseConsumer::database() const {
    return services().database();
}

std::chrono::system_clock::time_point BaseConsumer::now() const {
    return services().now();
}

}  // namespace carafe
