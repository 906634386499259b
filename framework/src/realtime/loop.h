#pragma once

#include <functional>
#include <memory>

#include "realtime/timers.h"

namespace boost::asio {
class io_context;
}

namespace carafe::realtime {

// The one thread's event loop: the network's context, its timers, and tasks of other threads.
class Loop {
public:
    Loop();
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    [[nodiscard]] boost::asio::io_context& context();
    [[nodiscard]] Timers& timers();

    // Runs until stop(); called once, by the thread that is to be the loop's.
    void run();
    // In the order of the calls, each in a turn of its own. Another thread than the loop's waits
    // while 10,000 tasks wait. Dropped after stop(). Thread-safe.
    void post(std::function<void()> task);
    // Thread-safe.
    void stop();

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe::realtime
