#include <gtest/gtest.h>

#include <limits>

#include "processing/lane_memory.h"

namespace carafe::processing {
namespace {

TEST(LaneMemory, has_room_for_anything_until_it_knows_a_record) {
    EXPECT_EQ(LaneMemory(1'000).room(), std::numeric_limits<std::size_t>::max());
}

TEST(LaneMemory, has_room_for_as_many_as_fit_beside_those_in_hand) {
    LaneMemory memory(1'000);
    memory.add(600, 6);
    EXPECT_EQ(memory.room(), 4U);
    memory.remove(300, 3);
    EXPECT_EQ(memory.room(), 7U);
    memory.remove(300, 3);
    EXPECT_EQ(memory.room(), 10U);
}

TEST(LaneMemory, waits_until_a_drain_is_worth_it) {
    LaneMemory memory(1'000);
    memory.add(900, 90);
    EXPECT_EQ(memory.room(), 0U);
    memory.remove(50, 5);
    EXPECT_EQ(memory.room(), 15U);
}

TEST(LaneMemory, takes_records_that_are_larger_than_its_limit_one_at_a_time) {
    LaneMemory memory(1'000);
    memory.add(5'000, 1);
    EXPECT_TRUE(memory.is_exceeded());
    EXPECT_EQ(memory.room(), 0U);
    memory.remove(5'000, 1);
    EXPECT_FALSE(memory.is_exceeded());
    EXPECT_EQ(memory.room(), 1U);
}

}  // namespace
}  // namespace carafe::processing
