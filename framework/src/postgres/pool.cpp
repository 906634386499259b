#include "carafe/postgres/pool.h"

#include <poll.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace carafe::postgres {

namespace {

using Clock = std::chrono::steady_clock;
using Connection = std::unique_ptr<pqxx::connection>;

// After a failed attempt to connect, the next one waits this long: a burst of callers on a dead
// server costs a few attempts a second, not one each.
constexpr std::chrono::milliseconds kReconnectPause{200};

// Nobody writes to an idle connection but a server that says goodbye, so anything to read (or the
// end of the stream) means that it cannot be used any more.
bool alive(const pqxx::connection& connection) {
    if (!connection.is_open()) {
        return false;
    }
    pollfd descriptor{connection.sock(), POLLIN, 0};
    return ::poll(&descriptor, 1, 0) == 0;
}

}  // namespace

class Pool::State {
public:
    State(const DatabaseSettings& settings, std::string application_name)
        : settings_(settings), application_name_(std::move(application_name)) {
        idle_.reserve(static_cast<std::size_t>(settings_.pool_size));
        opener_ = std::thread([this] { open_connections(); });
    }

    ~State() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wanted_.notify_all();
        opener_.join();
    }

    State(const State&) = delete;
    State& operator=(const State&) = delete;

    Connection acquire() {
        const auto deadline = Clock::now() + settings_.pool_timeout;
        std::unique_lock lock(mutex_);
        if (waiters_.empty()) {
            if (Connection connection = take_idle()) {
                return connection;
            }
        }
        if (open_ == 0 && Clock::now() < retry_at_) {
            throw Unavailable(failure_);
        }
        Waiter waiter;
        waiters_.push_back(&waiter);
        wanted_.notify_all();
        if (!waiter.answered.wait_until(lock, deadline, [&] { return waiter.done; })) {
            std::erase(waiters_, &waiter);
            throw Unavailable(timeout_message());
        }
        if (!waiter.connection) {
            throw Unavailable(failure_);
        }
        return std::move(waiter.connection);
    }

    void give_back(Connection connection, bool usable) {
        const std::lock_guard lock(mutex_);
        if (usable) {
            hand_over(std::move(connection));
            return;
        }
        --open_;
        wanted_.notify_all();
    }

    std::size_t waiting() {
        const std::lock_guard lock(mutex_);
        return waiters_.size();
    }

private:
    struct Waiter {
        std::condition_variable answered;
        Connection connection;
        bool done = false;

        void answer(Connection given) {
            connection = std::move(given);
            done = true;
            answered.notify_one();
        }
    };

    Connection take_idle() {
        while (!idle_.empty()) {
            Connection connection = std::move(idle_.back());
            idle_.pop_back();
            if (alive(*connection)) {
                return connection;
            }
            --open_;
        }
        return nullptr;
    }

    void hand_over(Connection connection) {
        if (waiters_.empty()) {
            idle_.push_back(std::move(connection));
            return;
        }
        Waiter* first = waiters_.front();
        waiters_.pop_front();
        first->answer(std::move(connection));
    }

    void open_connections() {
        std::unique_lock lock(mutex_);
        while (true) {
            wanted_.wait(lock, [&] {
                return stopping_ || (!waiters_.empty() && open_ < settings_.pool_size);
            });
            if (!stopping_ && Clock::now() < retry_at_) {
                wanted_.wait_until(lock, retry_at_, [&] { return stopping_; });
                continue;
            }
            if (stopping_) {
                return;
            }
            ++open_;
            lock.unlock();
            auto [connection, failure] = try_connect();
            lock.lock();
            if (connection) {
                hand_over(std::move(connection));
            } else {
                refuse(failure);
            }
        }
    }

    [[nodiscard]] std::pair<Connection, std::string> try_connect() const {
        try {
            return {connect(settings_, application_name_), ""};
        } catch (const std::exception& error) {
            return {nullptr, error.what()};
        }
    }

    // Who could still get a connection that is in use goes on waiting; the others are told at once.
    void refuse(const std::string& failure) {
        --open_;
        failure_ = failure;
        retry_at_ = Clock::now() + kReconnectPause;
        while (open_ == 0 && !waiters_.empty()) {
            Waiter* first = waiters_.front();
            waiters_.pop_front();
            first->answer(nullptr);
        }
    }

    [[nodiscard]] std::string timeout_message() const {
        return "no database connection was free within " +
               std::to_string(settings_.pool_timeout.count()) + " ms (" + std::to_string(open_) +
               " of " + std::to_string(settings_.pool_size) +
               " open or being opened); raise database.pool_size or look for slow transactions";
    }

    const DatabaseSettings& settings_;
    const std::string application_name_;
    std::mutex mutex_;
    std::condition_variable wanted_;
    std::deque<Waiter*> waiters_;  // in the order they came
    std::vector<Connection> idle_;
    int open_ = 0;  // idle, leased and being opened
    std::string failure_;
    Clock::time_point retry_at_;
    bool stopping_ = false;
    std::thread opener_;
};

Pool::Pool(DatabaseSettings settings, std::string application_name)
    : settings_(std::move(settings)),
      state_(std::make_unique<State>(settings_, std::move(application_name))) {}

Pool::~Pool() = default;

Pool::Lease Pool::acquire() {
    return {*this, state_->acquire()};
}

std::size_t Pool::waiting() const {
    return state_->waiting();
}

void Pool::give_back(std::unique_ptr<pqxx::connection> connection, bool usable) noexcept {
    state_->give_back(std::move(connection), usable);
}

Pool::Lease::Lease(Pool& pool, std::unique_ptr<pqxx::connection> connection)
    : pool_(&pool), connection_(std::move(connection)) {}

Pool::Lease::Lease(Lease&& other) noexcept
    : pool_(other.pool_), connection_(std::move(other.connection_)), discarded_(other.discarded_) {}

Pool::Lease::~Lease() {
    if (connection_) {
        const bool usable = !discarded_ && alive(*connection_);
        pool_->give_back(std::move(connection_), usable);
    }
}

void Pool::Lease::discard() {
    discarded_ = true;
}

}  // namespace carafe::postgres
