#pragma once

#include <chrono>
#include <cstdint>

#include "carafe/message.h"

namespace carafe::processing {

// What a consumer asks of its own partition while it is called (BaseConsumer::pause and the like).
// Carried out by the runner that calls it; on the thread of that call.
class Steering {
public:
    using Time = std::chrono::steady_clock::time_point;

    virtual ~Steering() = default;
    virtual void pause(Time until) = 0;
    virtual void resume() = 0;
    // Throws std::logic_error where a call has no say in what comes next.
    virtual void check_seek() const = 0;
    virtual void mark_as_consumed(const Message& message) = 0;
};

}  // namespace carafe::processing
