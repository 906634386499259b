#include "processing/key_queues.h"

#include "processing/unfinished_map.h"

namespace carafe::processing {

KeyQueues::Slot KeyQueues::make(const Arrival& arrival) {
    Slot slot = static_cast<Slot>(entries_.size());
    if (free_.empty()) {
        entries_.emplace_back();
    } else {
        slot = free_.back();
        free_.pop_back();
    }
    entries_[slot] = {arrival.offset, arrival.key};
    return slot;
}

KeyQueues::Slot KeyQueues::push(const Arrival& arrival) {
    const Slot slot = make(arrival);
    Entry& entry = entries_[slot];
    entry.previous = last_;
    (last_ == kNone ? first_ : entries_[last_].next) = slot;
    last_ = slot;
    if (arrival.key) {
        const auto [place, is_new] = last_of_key_.try_emplace(*arrival.key, slot);
        if (!is_new) {
            entry.previous_of_key = place->second;
            entries_[place->second].next_of_key = slot;
            place->second = slot;
        }
    }
    ++size_;
    map_bytes_ += cost(slot);
    return slot;
}

void KeyQueues::remove(Slot slot) {
    const Entry entry = entries_[slot];
    map_bytes_ -= cost(slot);
    if (entry.next != kNone) {
        map_bytes_ -= cost(entry.next);
    }
    (entry.previous == kNone ? first_ : entries_[entry.previous].next) = entry.next;
    (entry.next == kNone ? last_ : entries_[entry.next].previous) = entry.previous;
    if (entry.next != kNone) {
        map_bytes_ += cost(entry.next);
    }
    if (entry.previous_of_key != kNone) {
        entries_[entry.previous_of_key].next_of_key = entry.next_of_key;
    }
    if (entry.next_of_key != kNone) {
        entries_[entry.next_of_key].previous_of_key = entry.previous_of_key;
    } else if (entry.key) {
        if (entry.previous_of_key != kNone) {
            last_of_key_[*entry.key] = entry.previous_of_key;
        } else {
            last_of_key_.erase(*entry.key);
        }
    }
    --size_;
    free_.push_back(slot);
}

std::size_t KeyQueues::cost(Slot slot) const {
    const Entry& entry = entries_[slot];
    const std::int64_t gap =
        entry.previous == kNone ? 1 : entry.offset - entries_[entry.previous].offset;
    return 1 + bytes_of_run(gap);
}

std::optional<std::int64_t> KeyQueues::first_offset() const {
    return first_ == kNone ? std::nullopt : std::optional(entries_[first_].offset);
}

}  // namespace carafe::processing
