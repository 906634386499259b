#include "app/channels/database_tail.h"

#include <string>

#include "carafe/log.h"
#include "carafe/postgres/pool.h"

namespace shop {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{500};
constexpr milliseconds kFollowEvery{50};
constexpr milliseconds kPause{500};  // after PostgreSQL did not answer
constexpr milliseconds kSilenceAllowed{1'000};
constexpr milliseconds kUnpublishedAllowed{1'000};
constexpr std::chrono::seconds kBack{60};

bool is_before(const TransactionId& one, const TransactionId& other) {
    return std::stoull(one) < std::stoull(other);
}

}  // namespace

DatabaseTail::DatabaseTail(Database database, Source source)
    : database_(database),
      source_(std::move(source)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void DatabaseTail::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        milliseconds pause = kPause;
        try {
            pause = step();
        } catch (const carafe::postgres::Unavailable&) {
            // The pool has logged it. Nothing is committed meanwhile either.
        } catch (const std::exception& error) {
            carafe::log::error("cannot follow domain_events", {{"error", error.what()}});
        }
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, pause, [] { return false; });
    }
}

milliseconds DatabaseTail::step() {
    if (Clock::now() >= next_look_) {
        look();
    }
    const char* why = trouble();
    if (!is_following_ && why != nullptr) {
        begin(why);
    }
    if (!is_following_) {
        return kLookEvery;
    }
    if (why != nullptr) {
        until_.reset();
    }
    follow();
    return is_following_ ? kFollowEvery : kLookEvery;
}

void DatabaseTail::look() {
    const Horizon now = database_.with([](auto& tx) { return horizon(tx); });
    oldest_unpublished_ = now.oldest_unpublished;
    samples_.push_back({Clock::now(), now.oldest_running});
    while (samples_.size() > 1 && samples_[1].at <= Clock::now() - kBack) {
        samples_.pop_front();
    }
    next_look_ = Clock::now() + kLookEvery;
}

const char* DatabaseTail::trouble() const {
    if (!source_.kafka_ready()) {
        return "no position in Kafka yet";
    }
    if (source_.kafka_silence() > kSilenceAllowed) {
        return "no broker answers";
    }
    return oldest_unpublished_ > kUnpublishedAllowed ? "the outbox is not being published"
                                                     : nullptr;
}

void DatabaseTail::begin(const char* why) {
    // Every process begins without a position, for a moment: that is no reason to warn.
    const bool is_start = !source_.kafka_ready();
    (is_start ? carafe::log::info : carafe::log::warn
    )("following domain_events beside Kafka", {{"reason", why}});
    from_ = samples_.front().oldest_running;
    until_.reset();
    is_following_ = true;
}

void DatabaseTail::follow() {
    const bool is_well = trouble() == nullptr;
    const Tail read = database_.with([this](auto& tx) { return tail(tx, from_); });
    for (const Happening& event : read.events) {
        source_.offer(event);
    }
    from_ = read.next;
    if (is_well && !until_) {
        until_ = read.horizon.next;
    }
    if (until_ && !is_before(from_, *until_)) {
        carafe::log::info("Kafka is well again: domain_events are not followed any more");
        is_following_ = false;
    }
}

}  // namespace shop
