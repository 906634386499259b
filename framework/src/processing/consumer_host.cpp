#include "processing/consumer_host.h"

#include <stdexcept>

#include "processing/runner.h"

namespace carafe::processing {

ConsumerHost::ConsumerHost(const PartitionId& partition, const Route& route, Steering& steering)
    : partition_(partition),
      route_(route),
      steering_(steering),
      consumer_(route.consumer.make()),
      delivery_(route.delivery(partition, *consumer_)) {
    consumer_->bind(*this);
}

Producer& ConsumerHost::producer() {
    if (route_.tools.producer == nullptr) {
        throw std::logic_error("this worker has no producer for its consumers");
    }
    return *route_.tools.producer;
}

postgres::Pool& ConsumerHost::database() {
    if (route_.tools.database == nullptr) {
        throw std::logic_error(
            "a consumer asked for the database, and karafka.yml has no section database with a url"
        );
    }
    return *route_.tools.database;
}

std::chrono::system_clock::time_point ConsumerHost::now() const {
    return std::chrono::system_clock::now();
}

void ConsumerHost::pause(std::chrono::milliseconds time) {
    steering_.pause(std::chrono::steady_clock::now() + time);
}

void ConsumerHost::seek(std::int64_t offset) {
    steering_.check_seek();
    delivery_->seek(offset);
}

}  // namespace carafe::processing
