#include "app/channels/questions.h"

#include <chrono>
#include <exception>
#include <utility>

#include "carafe/log.h"
#include "carafe/postgres/pool.h"

namespace shop {

namespace {

constexpr std::chrono::milliseconds kAskedAgainAfter{200};

}  // namespace

Questions::Questions() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

bool Questions::ask(Question question) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMostWaiting) {
        return false;
    }
    waiting_.push_back(std::move(question));
    changed_.notify_one();
    return true;
}

void Questions::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
        const Question question = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        bool answered = is_answered(question);
        lock.lock();
        while (!answered && !stop.stop_requested()) {
            changed_.wait_for(lock, stop, kAskedAgainAfter, [] { return false; });
            lock.unlock();
            answered = is_answered(question);
            lock.lock();
        }
    }
}

bool Questions::is_answered(const Question& question) {
    try {
        question();
    } catch (const carafe::postgres::Unavailable&) {
        return false;  // the pool has logged it
    } catch (const std::exception& error) {
        carafe::log::error("a question to the database failed", {{"error", error.what()}});
    }
    return true;
}

}  // namespace shop
