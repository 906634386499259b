#include "app/channels/backstage.h"

#include <exception>

#include "carafe/log.h"

namespace shop {

namespace {

void run_safely(const Backstage::Task& task) {
    try {
        task();
    } catch (const std::exception& error) {
        carafe::log::warn("a task of the realtime process failed", {{"error", error.what()}});
    }
}

}  // namespace

Backstage::Backstage(std::chrono::milliseconds interval, Task tick)
    : interval_(interval), tick_(std::move(tick)), thread_([this] { loop(); }) {}

Backstage::~Backstage() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

bool Backstage::run(Task task) {
    {
        const std::lock_guard lock(mutex_);
        if (tasks_.size() >= kMostTasks) {
            return false;
        }
        tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
    return true;
}

void Backstage::loop() {
    auto next_tick = std::chrono::steady_clock::now() + interval_;
    while (true) {
        Task task;
        {
            std::unique_lock lock(mutex_);
            changed_.wait_until(lock, next_tick, [this] { return stopping_ || !tasks_.empty(); });
            if (stopping_) {
                return;
            }
            if (!tasks_.empty()) {
                task = std::move(tasks_.front());
                tasks_.pop_front();
            }
        }
        if (task) {
            run_safely(task);
        }
        if (std::chrono::steady_clock::now() >= next_tick) {
            run_safely(tick_);
            next_tick = std::chrono::steady_clock::now() + interval_;
        }
    }
}

}  // namespace shop
