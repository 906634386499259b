#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "processing/history.h"
#include "processing/suspicion.h"

namespace carafe::processing {
namespace {

std::vector<std::size_t> indexes(const std::vector<Mark>& marks) {
    std::vector<std::size_t> all;
    for (const Mark& mark : marks) {
        all.push_back(mark.index);
    }
    return all;
}

TEST(History, marks_records_with_a_past_and_those_in_a_suspect_range) {
    History history;
    history.records = {{12, 2, 0, {}}, {30, 0, 1, {}}};
    history.suspects = {{15, 17}};
    const std::vector<std::int64_t> offsets{10, 12, 14, 15, 17, 18, 30};
    const auto marks = history.marks(offsets);
    EXPECT_THAT(indexes(marks), ::testing::ElementsAre(1, 3, 4, 6));
    EXPECT_EQ(marks[0].attempts, 2);
    EXPECT_EQ(marks[3].deaths, 1);
}

TEST(History, forgets_what_is_below_the_position) {
    History history;
    history.records = {{12, 2, 0, {}}, {30, 1, 0, {}}};
    history.suspects = {{10, 14}, {20, 40}};
    history.forget_below(20);
    const std::vector<std::int64_t> offsets{12, 14, 25, 30};
    EXPECT_THAT(indexes(history.marks(offsets)), ::testing::ElementsAre(2, 3));
    history.forget_below(41);
    EXPECT_TRUE(history.empty());
}

InHand hand(std::int32_t partition, SuspectRange range, bool was_suspect, bool caused_it) {
    return {{"group", "topic", partition}, range, was_suspect, caused_it};
}

TEST(Suspicion, falls_on_the_thread_the_signal_hit_and_on_no_other) {
    const std::vector<InHand> hands{hand(0, {1, 500}, false, false), hand(1, {7, 7}, false, true)};
    const auto accused = accuse(hands, false);
    ASSERT_EQ(accused.size(), 1U);
    EXPECT_EQ(accused[0].partition.partition, 1);
    EXPECT_TRUE(accused[0].counts);
}

TEST(Suspicion, of_a_batch_counts_no_death) {
    const std::vector<InHand> hands{hand(1, {7, 9}, false, true)};
    EXPECT_FALSE(accuse(hands, false).front().counts);
}

TEST(Suspicion, falls_on_all_when_nobody_knows_who_it_was) {
    const std::vector<InHand> hands{hand(0, {1, 500}, false, false), hand(1, {7, 7}, false, false)};
    const auto accused = accuse(hands, false);
    ASSERT_EQ(accused.size(), 2U);
    EXPECT_FALSE(accused[0].counts);
    // Alone by chance, as any record of a quiet topic is.
    EXPECT_FALSE(accused[1].counts);
}

TEST(Suspicion, of_a_kill_from_outside_never_counts) {
    const std::vector<InHand> hands{hand(1, {7, 7}, true, false)};
    EXPECT_FALSE(accuse(hands, false).front().counts);
}

TEST(Suspicion, counts_for_a_suspect_that_was_alone_when_memory_ran_out) {
    const std::vector<InHand> hands{
        hand(1, {7, 7}, true, false), hand(2, {7, 7}, false, false), hand(3, {7, 9}, true, false)};
    const auto accused = accuse(hands, true);
    EXPECT_TRUE(accused[0].counts);
    EXPECT_FALSE(accused[1].counts);
    EXPECT_FALSE(accused[2].counts);
}

}  // namespace
}  // namespace carafe::processing
