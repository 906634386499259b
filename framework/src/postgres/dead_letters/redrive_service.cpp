#include "carafe/postgres/redrive_service.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "carafe/log.h"
#include "carafe/postgres/dead_letters.h"
#include "instrumentation/repeats.h"
#include "postgres/dead_letters/redrive_pace.h"

namespace carafe::postgres {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kIdle = std::chrono::seconds(1);
constexpr auto kShortest = std::chrono::milliseconds(20);

DatabaseSettings patient(DatabaseSettings settings) {
    settings.pool_size = 2;
    settings.statement_timeout = std::chrono::seconds(60);
    settings.lock_timeout = std::chrono::seconds(10);
    return settings;
}

}  // namespace

class RedriveService::Implementation {
public:
    Implementation(const Settings& settings, OnDiscard on_discard)
        : settings_(settings),
          pool_(patient(settings.database), "carafe redrives"),
          redrives_(pool_, std::move(on_discard)) {}
    ~Implementation() { stop(); }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    void start() {
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    void stop() {
        if (thread_.joinable()) {
            thread_.request_stop();
            thread_.join();
        }
    }
    void wake() {
        {
            const std::lock_guard lock(mutex_);
            is_woken_ = true;
        }
        woken_.notify_one();
    }

private:
    void run(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            auto next = Clock::now() + kIdle;
            try {
                next = std::min(next, work());
            } catch (const std::exception& error) {
                repeats_.warn("redrives wait", error.what());
            }
            std::unique_lock lock(mutex_);
            woken_.wait_until(lock, stop, std::max(next, Clock::now() + kShortest), [this] {
                return is_woken_;
            });
            is_woken_ = false;
        }
    }

    // One step of each that is due; when the next one is.
    Clock::time_point work() {
        auto next = Clock::time_point::max();
        for (const Redrive& redrive : redrives_.open_for_server()) {
            if (redrive.state == "preparing") {
                prepare(redrive);
                return Clock::now();
            }
            const RedrivePace pace(redrive.rate);
            const Redrive after = redrives_.step(redrive.id, pace.size());
            if (after.state == "running") {
                next = std::min(next, Clock::now() + pace.pause());
            } else {
                log::info(
                    "redrive ended",
                    {{"redrive", std::to_string(after.id)},
                     {"state", after.state},
                     {"done", std::to_string(after.done)}}
                );
            }
        }
        return next;
    }

    // An outage is waited for; what will not get better ends the redrive with its reason.
    void prepare(const Redrive& redrive) {
        try {
            index_up_to_now(pool_, settings_.kafka, dead_letter_topics(settings_));
            redrives_.prepare(redrive.id);
        } catch (const ConfigurationError& error) {
            redrives_.fail(redrive.id, error.what());
        }
    }

    const Settings& settings_;
    Pool pool_;
    Redrives redrives_;
    log::Repeats repeats_;
    std::mutex mutex_;
    std::condition_variable_any woken_;
    bool is_woken_ = false;
    std::jthread thread_;
};

RedriveService::RedriveService(const Settings& settings, OnDiscard on_discard)
    : implementation_(std::make_unique<Implementation>(settings, std::move(on_discard))) {}

RedriveService::~RedriveService() = default;

void RedriveService::start() {
    implementation_->start();
}
void RedriveService::stop() {
    implementation_->stop();
}
void RedriveService::wake() {
    implementation_->wake();
}

}  // namespace carafe::postgres
