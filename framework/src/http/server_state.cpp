#include "http/server_state.h"

#include <algorithm>

namespace carafe::http {

// All clients of a gateway come from its address.
bool ServerState::is_limited(const std::string& address) const {
    const auto& trusted = options_.trusted_proxies;
    return options_.max_connections_per_address > 0 &&
           std::find(trusted.begin(), trusted.end(), address) == trusted.end();
}

bool ServerState::hold(std::int64_t more_bytes) {
    const auto held = held_bytes_.fetch_add(more_bytes, std::memory_order_relaxed) + more_bytes;
    return more_bytes <= 0 || held <= static_cast<std::int64_t>(options_.max_buffered_bytes);
}

const char* ServerState::admit(const std::string& address) {
    if (++connections_ > options_.max_connections) {
        --connections_;
        return "The server has too many connections.";
    }
    if (is_limited(address)) {
        const std::lock_guard lock(mutex_);
        auto& count = by_address_[address];
        if (count == options_.max_connections_per_address) {
            --connections_;
            return "There are too many connections from this address.";
        }
        ++count;
    }
    return nullptr;
}

void ServerState::forget(const std::string& address) {
    --connections_;
    if (is_limited(address)) {
        const std::lock_guard lock(mutex_);
        const auto found = by_address_.find(address);
        if (--found->second == 0) {
            by_address_.erase(found);
        }
    }
}

void ServerState::add_worker(
    std::shared_ptr<AnswerBox> box, const std::vector<pistache::LeakedEvent>& leaked
) {
    const std::lock_guard lock(mutex_);
    boxes_.push_back(std::move(box));
    leaked_.insert(leaked_.end(), leaked.begin(), leaked.end());
}

void ServerState::close_leaked_events() {
    const std::lock_guard lock(mutex_);
    for (const auto& event : leaked_) {
        pistache::close_leaked(event);
    }
    leaked_.clear();
}

void ServerState::enter(Stage stage) {
    stage_ = stage;
    const std::lock_guard lock(mutex_);
    for (const auto& box : boxes_) {
        box->wake();
    }
}

void ServerState::worker_is_empty() {
    const std::lock_guard lock(mutex_);
    ++empty_workers_;
    changed_.notify_all();
}

bool ServerState::wait_until_empty(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [this] { return empty_workers_ == boxes_.size(); });
}

}  // namespace carafe::http
