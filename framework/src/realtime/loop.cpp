#include "realtime/loop.h"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <thread>
#include <utility>

#include "carafe/log.h"
#include "realtime/task_queue.h"

namespace carafe::realtime {
namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxTasks = 10'000;

// Handlers of the application are contained where they are called; what comes here (memory, say)
// must not take the loop along. False when `step` threw.
template <typename Step>
bool guarded(Step step) {
    try {
        step();
        return true;
    } catch (const std::exception& failure) {
        log::error("realtime loop: an operation failed", {{"error", failure.what()}});
        return false;
    }
}

}  // namespace

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
                guarded([this] { timers.run_due(Timers::Clock::now()); });
                arm();
            }
        });
    }

    void run() {
        thread = std::this_thread::get_id();
        while (!guarded([this] { context.run(); })) {
        }
    }

    void post(std::function<void()> task) {
        const auto when_full = thread.load() == std::this_thread::get_id()
                                   ? TaskQueue::WhenFull::grow
                                   : TaskQueue::WhenFull::wait;
        if (tasks.push(std::move(task), when_full)) {
            run_next_task();
        }
    }

    // One task a turn: what it sent gets its chance to be written before the next one sends more.
    // A burst of events thereby does not make healthy clients look slow.
    void run_next_task() {
        asio::post(context, [this] {
            bool more = true;
            guarded([&] { more = tasks.run_one(); });
            if (more) {
                run_next_task();
            }
        });
    }

    std::atomic<std::thread::id> thread{};
    TaskQueue tasks{kMaxTasks};
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
    implementation_->post(std::move(task));
}
void Loop::stop() {
    implementation_->tasks.close();
    implementation_->context.stop();
}

}  // namespace carafe::realtime
