#include <gtest/gtest.h>

#include <map>
#include <random>

#include "processing/key_queues.h"
#include "processing/unfinished_map.h"

namespace carafe::processing {
namespace {

TEST(KeyQueues, let_a_record_have_its_turn_when_its_key_has_nothing_before_it) {
    KeyQueues queues;
    const auto first = queues.push({10, 1});
    const auto other = queues.push({11, 2});
    const auto second = queues.push({12, 1});
    EXPECT_TRUE(queues.is_head(first));
    EXPECT_TRUE(queues.is_head(other));
    EXPECT_FALSE(queues.is_head(second));
    EXPECT_EQ(queues.follower(first), second);
    queues.remove(first);
    EXPECT_TRUE(queues.is_head(second));
    EXPECT_EQ(queues.first_offset(), 11);
}

TEST(KeyQueues, put_records_without_a_key_in_no_order) {
    KeyQueues queues;
    queues.push({10, std::nullopt});
    EXPECT_TRUE(queues.is_head(queues.push({11, std::nullopt})));
}

TEST(KeyQueues, agree_with_a_plain_map_after_any_history_and_never_understate_their_map) {
    std::mt19937_64 random(11);
    KeyQueues queues;
    std::map<std::int64_t, std::pair<KeyQueues::Slot, std::uint64_t>> plain;
    std::int64_t offset = 1'000;
    for (int step = 0; step < 20'000; ++step) {
        if (plain.empty() || (plain.size() < 700 && random() % 100 < 52)) {
            offset += 1 + (random() % 50 == 0 ? static_cast<std::int64_t>(random() % 40'000) : 0);
            const std::uint64_t key = random() % 20;
            plain[offset] = {queues.push({offset, key}), key};
        } else {
            auto taken = plain.begin();
            std::advance(taken, static_cast<std::ptrdiff_t>(random() % plain.size()));
            queues.remove(taken->second.first);
            plain.erase(taken);
        }
        ASSERT_EQ(queues.size(), plain.size());
        if (step % 50 != 0 || plain.empty()) {
            continue;
        }
        std::vector<std::int64_t> offsets;
        std::map<std::uint64_t, KeyQueues::Slot> last;
        auto slot = queues.first();
        for (const auto& [known, entry] : plain) {
            ASSERT_EQ(slot, entry.first);
            ASSERT_EQ(queues.offset(slot), known);
            ASSERT_EQ(queues.is_head(slot), !last.contains(entry.second));
            if (!queues.is_head(slot)) {
                ASSERT_EQ(queues.follower(last[entry.second]), slot);
            }
            last[entry.second] = slot;
            offsets.push_back(known);
            slot = queues.next(slot);
        }
        ASSERT_EQ(slot, KeyQueues::kNone);
        const std::size_t text = encode_unfinished(offsets, offset + 1, {}).size();
        if (queues.map_bytes() <= kUnfinishedBytesMax) {
            ASSERT_LE(text, 3 + (queues.map_bytes() + 5) * 4 / 3 + 2);
        }
    }
}

}  // namespace
}  // namespace carafe::processing
