#pragma once

#include <memory>
#include <string>
#include <vector>

#include "carafe/consumer.h"
#include "processing/delivery.h"
#include "processing/steering.h"

namespace carafe::processing {

struct Route;

// A consumer, how its records take effect, and what the framework does for it. Made for one
// assignment (or a lane of it); partition and route outlive it.
class ConsumerHost final : private ConsumerServices {
public:
    // Makes both and binds the consumer; passes on what its constructor throws. `steering` outlives
    // it, too.
    ConsumerHost(const PartitionId& partition, const Route& route, Steering& steering);
    ConsumerHost(const ConsumerHost&) = delete;
    ConsumerHost& operator=(const ConsumerHost&) = delete;
    ~ConsumerHost() override = default;

    [[nodiscard]] BaseConsumer& consumer() { return *consumer_; }
    [[nodiscard]] Delivery& delivery() { return *delivery_; }

private:
    [[nodiscard]] const std::string& group() const override { return partition_.group; }
    [[nodiscard]] const std::string& topic() const override { return partition_.topic; }
    [[nodiscard]] std::int32_t partition() const override { return partition_.partition; }
    void produce(const std::vector<Record>& records) override { delivery_->produce(records); }
    [[nodiscard]] Producer& producer() override;
    [[nodiscard]] postgres::Pool& database() override;
    [[nodiscard]] std::chrono::system_clock::time_point now() const override;
    void pause(std::chrono::milliseconds time) override;
    void resume() override { steering_.resume(); }
    void seek(std::int64_t offset) override;
    void mark_as_consumed(const Message& message) override { steering_.mark_as_consumed(message); }

    const PartitionId& partition_;
    const Route& route_;
    Steering& steering_;
    const std::unique_ptr<BaseConsumer> consumer_;
    const std::unique_ptr<Delivery> delivery_;
};

}  // namespace carafe::processing
