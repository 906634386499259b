#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace carafe::processing {

// The unfinished records of a partition, in two orders at once: by offset, and each key's by their
// turn. Every operation is O(1). Keys are 64-bit hashes: two keys with one hash only share a queue.
class KeyQueues {
public:
    using Slot = std::uint32_t;
    static constexpr Slot kNone = ~Slot{0};

    struct Arrival {
        std::int64_t offset = 0;
        std::optional<std::uint64_t> key;  // hash; none: in no order with others
    };

    // Above all offsets so far. Returns the record's slot; is_head() tells whether it is its turn.
    Slot push(const Arrival& arrival);
    // Takes a record out; its slot may be given again by the next push.
    void remove(Slot slot);

    [[nodiscard]] bool is_head(Slot slot) const { return entries_[slot].previous_of_key == kNone; }
    [[nodiscard]] Slot follower(Slot slot) const { return entries_[slot].next_of_key; }
    [[nodiscard]] std::int64_t offset(Slot slot) const { return entries_[slot].offset; }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::optional<std::int64_t> first_offset() const;
    [[nodiscard]] Slot first() const { return first_; }
    [[nodiscard]] Slot next(Slot slot) const { return entries_[slot].next; }

    // An upper bound of the bytes that the unfinished map of these records takes, now and whichever
    // of them finish next: each costs one byte for its own run and those of the gap before it, and
    // when it goes, the gaps beside it become one that takes no more than they did.
    [[nodiscard]] std::size_t map_bytes() const { return map_bytes_; }

private:
    struct Entry {
        std::int64_t offset = 0;
        std::optional<std::uint64_t> key;
        Slot previous = kNone;
        Slot next = kNone;
        Slot previous_of_key = kNone;
        Slot next_of_key = kNone;
    };

    Slot make(const Arrival& arrival);
    [[nodiscard]] std::size_t cost(Slot slot) const;

    std::vector<Entry> entries_;
    std::vector<Slot> free_;
    boost::unordered_flat_map<std::uint64_t, Slot> last_of_key_;
    Slot first_ = kNone;
    Slot last_ = kNone;
    std::size_t size_ = 0;
    std::size_t map_bytes_ = 0;
};

}  // namespace carafe::processing
