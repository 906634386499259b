#include "carafe/consumer.h"

#include <stdexcept>
#include <string>

#include "carafe/producer.h"

namespace carafe {

namespace {

// What is to stand still for longer is an operator's business, who is told of it.
constexpr std::chrono::hours kPauseMax{24};

}  // namespace

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

void BaseConsumer::pause(std::chrono::milliseconds time) const {
    if (time <= std::chrono::milliseconds::zero() || time > kPauseMax) {
        throw std::invalid_argument(
            "pause(" + std::to_string(time.count()) + " ms): more than nothing, at most 24 h"
        );
    }
    services().pause(time);
}

void BaseConsumer::resume() const {
    services().resume();
}

void BaseConsumer::seek(std::int64_t offset) const {
    if (offset < 0) {
        throw std::invalid_argument("seek(" + std::to_string(offset) + "): offsets begin at 0");
    }
    services().seek(offset);
}

void BaseConsumer::mark_as_consumed(const Message& message) const {
    services().mark_as_consumed(message);
}

}  // namespace carafe
