#include "carafe/postgres/relay.h"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "carafe/log.h"
#include "postgres/relay_worker.h"

namespace carafe::postgres {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kReconnectMin{20};
constexpr milliseconds kReconnectMax{1'000};
constexpr milliseconds kStopTimeout{5'000};

}  // namespace

// The thread around the worker: reconnects, and stops in time.
class Relay::Implementation {
public:
    Implementation(
        DatabaseSettings settings,
        ProducerFactory make_producer,
        RelaySignal& signal,
        const std::string& owner
    )
        : worker_(
              std::move(settings),
              std::move(make_producer),
              RelayWorker::Signals{signal, stop_},
              owner
          ) {}

    ~Implementation() { stop(); }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    void start() {
        const std::lock_guard lock(control_);
        if (!thread_.joinable() && !stopping_) {
            thread_ = std::thread([this] { run(); });
        }
    }

    void stop() {
        const std::lock_guard lock(control_);
        stopping_ = true;
        stop_.notify();
        if (thread_.joinable()) {
            await_end();
            thread_.join();
        }
    }

private:
    // A server that has stopped answering would hold the thread in a statement: its socket is shut
    // then, and the statement fails.
    void await_end() {
        std::unique_lock lock(socket_mutex_);
        if (!ended_.wait_for(lock, kStopTimeout, [&] { return finished_; }) && socket_ >= 0) {
            log::warn("relay stopped without giving its leases back; they expire by themselves");
            ::shutdown(socket_, SHUT_RDWR);
        }
    }

    void run() {
        milliseconds pause = kReconnectMin;
        while (!stopping_) {
            try {
                use_socket(worker_.open());
                while (!stopping_) {
                    worker_.step();
                    pause = kReconnectMin;
                }
                worker_.release();
            } catch (const std::exception& error) {
                log::warn("relay cannot use the database", {{"error", error.what()}});
                close();
                wait_for(stop_, pause);
                pause = std::min(pause * 2, kReconnectMax);
            }
        }
        close();
        const std::lock_guard lock(socket_mutex_);
        finished_ = true;
        ended_.notify_all();
    }

    void use_socket(int socket) {
        const std::lock_guard lock(socket_mutex_);
        socket_ = socket;
    }

    void close() {
        use_socket(-1);  // first: the number may soon mean another connection
        worker_.close();
    }

    RelaySignal stop_;
    RelayWorker worker_;
    std::atomic<bool> stopping_{false};
    std::mutex control_;
    std::thread thread_;

    std::mutex socket_mutex_;
    std::condition_variable ended_;
    int socket_ = -1;
    bool finished_ = false;
};

Relay::Relay(
    DatabaseSettings settings,
    ProducerFactory make_producer,
    RelaySignal& signal,
    const std::string& owner
)
    : implementation_(std::make_unique<Implementation>(
          std::move(settings), std::move(make_producer), signal, owner
      )) {}

Relay::~Relay() = default;

void Relay::start() {
    implementation_->start();
}

void Relay::stop() {
    implementation_->stop();
}

Relay::ProducerFactory relay_producers(std::map<std::string, std::string> kafka) {
    kafka.try_emplace("linger.ms", "0");
    return [kafka = std::move(kafka)] { return make_producer(kafka); };
}

}  // namespace carafe::postgres
