#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>

#include "processing/unfinished_map.h"

namespace carafe::processing {
namespace {

using Offsets = std::vector<std::int64_t>;

// What an owner who reads `text` would not repeat, of the offsets [from, to).
std::set<std::int64_t> done_in(const std::string& text, std::int64_t from, std::int64_t to) {
    DoneOffsets done(text, from);
    std::set<std::int64_t> offsets;
    for (std::int64_t offset = from; offset < to; ++offset) {
        if (done.contains(offset)) {
            offsets.insert(offset);
        }
    }
    return offsets;
}

TEST(UnfinishedMap, says_what_is_done_above_the_committed_offset) {
    const std::string text = encode_unfinished(Offsets{10, 11, 15}, 18, {});
    EXPECT_EQ(done_in(text, 10, 30), (std::set<std::int64_t>{12, 13, 14, 16, 17}));
}

TEST(UnfinishedMap, needs_no_text_when_nothing_is_done_out_of_turn) {
    EXPECT_EQ(encode_unfinished(Offsets{10, 11, 12}, 13, {}), "");
    EXPECT_TRUE(done_in("", 10, 30).empty());
}

TEST(UnfinishedMap, keeps_what_an_owner_before_had_done_and_this_one_has_not_come_to) {
    const std::vector<DoneRun> later{{20, 25}, {30, 31}};
    const std::string text = encode_unfinished(Offsets{10}, 20, later);
    std::set<std::int64_t> expected{30};
    for (std::int64_t offset = 11; offset < 25; ++offset) {
        expected.insert(offset);
    }
    EXPECT_EQ(done_in(text, 10, 40), expected);
}

TEST(UnfinishedMap, moves_the_position_past_what_an_owner_before_had_done) {
    DoneOffsets done(encode_unfinished(Offsets{10, 14}, 15, {}), 10);  // 11 to 13 are done
    const NotedPosition noted = noted_position({}, 11, done);
    EXPECT_EQ(noted.offset, 14);
    EXPECT_EQ(noted.metadata, "");
}

TEST(UnfinishedMap, survives_any_history_within_the_size_kafka_takes) {
    std::mt19937_64 random(20'261'121);
    for (int round = 0; round < 300; ++round) {
        const std::int64_t base = static_cast<std::int64_t>(random() % 1'000'000'000'000);
        const std::int64_t end = base + 1 + static_cast<std::int64_t>(random() % 3'000);
        const auto density = 1 + random() % 100;
        Offsets unfinished{base};
        std::set<std::int64_t> done;
        for (std::int64_t offset = base + 1; offset < end; ++offset) {
            if (random() % 100 < density) {
                unfinished.push_back(offset);
            } else {
                done.insert(offset);
            }
        }
        const std::string text = encode_unfinished(unfinished, end, {});
        EXPECT_LE(text.size(), kUnfinishedTextMax);
        EXPECT_EQ(done_in(text, base, end + 10), done);
    }
}

TEST(UnfinishedMap, leaves_out_from_the_end_what_does_not_fit) {
    Offsets unfinished;
    for (std::int64_t offset = 0; offset < 100'000; offset += 2) {
        unfinished.push_back(offset);
    }
    const std::string text = encode_unfinished(unfinished, 100'000, {});
    EXPECT_LE(text.size(), kUnfinishedTextMax);
    const auto done = done_in(text, 0, 100'000);
    EXPECT_GT(done.size(), 1'000);
    for (const std::int64_t offset : done) {
        EXPECT_EQ(offset % 2, 1);
    }
}

TEST(UnfinishedMap, takes_nothing_for_done_that_it_did_not_write) {
    for (const char* text :
         {"u1:",
          "u1:*",
          "u1:A",
          "u1:AAAA",
          "u1:_____________",
          "u2:AQE",
          "{\"note\":1}",
          "\xff\xfe"}) {
        EXPECT_TRUE(done_in(text, 5, 500).empty()) << text;
    }
    EXPECT_TRUE(done_in("u1:" + std::string(5'000, 'B'), 5, 500).empty());
    std::mt19937_64 random(7);
    for (int round = 0; round < 20'000; ++round) {
        std::string text = "u1:";
        for (auto length = random() % 30; length > 0; --length) {
            text += static_cast<char>(random());
        }
        DoneOffsets done(text, std::numeric_limits<std::int64_t>::max() - 100);
        EXPECT_FALSE(done.contains(1));
    }
}

}  // namespace
}  // namespace carafe::processing
