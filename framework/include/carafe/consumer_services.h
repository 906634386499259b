#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace carafe {

namespace postgres {
class Pool;
}
class Message;
class Producer;
struct Record;

// What the framework does for one consumer, behind the methods of BaseConsumer. Implemented by the
// framework, and by test kits: bind one with BaseConsumer::bind().
class ConsumerServices {
public:
    virtual ~ConsumerServices() = default;

    // The partition that the consumer was made for.
    [[nodiscard]] virtual const std::string& group() const = 0;
    [[nodiscard]] virtual const std::string& topic() const = 0;
    [[nodiscard]] virtual std::int32_t partition() const = 0;

    // See BaseConsumer.
    virtual void produce(const std::vector<Record>& records) = 0;
    [[nodiscard]] virtual Producer& producer() = 0;
    [[nodiscard]] virtual postgres::Pool& database() = 0;
    [[nodiscard]] virtual std::chrono::system_clock::time_point now() const = 0;
    virtual void pause(std::chrono::milliseconds time) = 0;
    virtual void resume() = 0;
    virtual void seek(std::int64_t offset) = 0;
    virtual void mark_as_consumed(const Message& message) = 0;
};

}  // namespace carafe
