#include "realtime/loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <utility>

#include "carafe/log.h"

namespace carafe::realtime {
namespace asio = boost::asio;

class Loop::Implementation {
public:
    Implementation() {
        timers.on_earlier([this] { arm(); });
    }

    void arm() {
        const auto earliest = timers.earliest();
        if (!earliest) {
            return;
        }
        alarm.expires_at(*earliest);
        alarm.async_wait([this](boost::system::error_code error) {
            if (!error) {
                timers.run_due(Timers::Clock::now());
                arm();
            }
        });
    }

    void run() {
        for (;;) {
            try {
                context.run();
                return;
            } catch (const std::exception& failure) {
                // Handlers of the application are contained where they are called; what comes here
                // (memory, say) costs one connection at most.
                log::error("realtime loop: an operation failed", {{"error", failure.what()}});
            }
        }
    }

    Timers timers{[] { return Timers::Clock::now(); }};
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    asio::basic_waitable_timer<
        Timers::Clock,
        asio::wait_traits<Timers::Clock>,
        asio::io_context::executor_type>
        alarm{context};
};

Loop::Loop() : implementation_(std::make_unique<Implementation>()) {}
Loop::~Loop() = default;

asio::io_context& Loop::context() {
    return implementation_->context;
}
Timers& Loop::timers() {
    return implementation_->timers;
}
void Loop::run() {
    implementation_->run();
}
void Loop::post(std::function<void()> task) {
    if (!implementation_->context.stopped()) {
        asio::post(implementation_->context, std::move(task));
    }
}
void Loop::stop() {
    implementation_->context.stop();
}

}  // namespace carafe::realtime
