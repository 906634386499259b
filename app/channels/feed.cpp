#include "app/channels/feed.h"

#include <algorithm>

#include "app/models/clock.h"
#include "app/models/uuid.h"

namespace shop {

namespace {

// Three minutes at 500 orders a second, in some 20 MB.
constexpr std::size_t kMostRemembered = 262'144;
constexpr std::chrono::minutes kLatenessRemembered{2};

std::uint64_t hex_digits(const std::string& uuid, std::size_t from, std::size_t to) {
    std::uint64_t value = 0;
    for (std::size_t i = from; i < to; ++i) {
        const char c = uuid[i];
        if (c != '-') {
            const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
            value = value << 4U | static_cast<std::uint64_t>(digit);
        }
    }
    return value;
}

}  // namespace

void Feed::offer(const Happening& happening, Time now) {
    const std::lock_guard lock(mutex_);
    if (!is_new(happening.event_id)) {
        ++counts_.repeated;
        return;
    }
    ++counts_.told;
    note_lateness(happening, now);
    tell_(happening);
}

bool Feed::is_new(const std::string& event_id) {
    if (!is_uuid(event_id)) {
        return true;  // a foreign producer's, and nothing that could come from PostgreSQL
    }
    const Id id{hex_digits(event_id, 0, 18), hex_digits(event_id, 19, event_id.size())};
    if (!seen_.insert(id).second) {
        return false;
    }
    order_.push_back(id);
    if (order_.size() > kMostRemembered) {
        seen_.erase(order_.front());
        order_.pop_front();
    }
    return true;
}

void Feed::note_lateness(const Happening& happening, Time now) {
    const auto happened_at = parse_rfc3339(happening.occurred_at);
    if (!happened_at) {
        return;
    }
    const auto by = std::chrono::duration_cast<std::chrono::milliseconds>(now - *happened_at);
    if (by > kTooLate) {
        last_too_late_ = now;
    }
    while (!late_.empty() && late_.back().by <= by) {
        late_.pop_back();
    }
    late_.push_back({now, by});
    while (late_.front().told_at < now - kLatenessRemembered) {
        late_.pop_front();
    }
}

std::chrono::milliseconds Feed::lateness(Time now) const {
    const std::lock_guard lock(mutex_);
    const auto recent = std::find_if(late_.begin(), late_.end(), [now](const Late& late) {
        return late.told_at >= now - kLatenessRemembered;
    });
    return recent == late_.end() ? std::chrono::milliseconds(0) : recent->by;
}

std::optional<Feed::Time> Feed::last_too_late() const {
    const std::lock_guard lock(mutex_);
    return last_too_late_;
}

Feed::Counts Feed::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

}  // namespace shop
