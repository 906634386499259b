#include <gtest/gtest.h>

#include "instrumentation/repeats.h"

namespace carafe::log {
namespace {

using namespace std::chrono_literals;

TEST(Repeats, tells_a_text_once_and_then_how_often_it_came_meanwhile) {
    Repeats repeats(10s);
    const Repeats::Time start{};
    EXPECT_EQ(repeats.tell("down", start), 0U);
    EXPECT_EQ(repeats.tell("down", start + 1s), std::nullopt);
    EXPECT_EQ(repeats.tell("down", start + 9s), std::nullopt);
    EXPECT_EQ(repeats.tell("down", start + 10s), 2U);
    EXPECT_EQ(repeats.tell("down", start + 11s), std::nullopt);
    EXPECT_EQ(repeats.tell("down", start + 30s), 1U);
}

TEST(Repeats, keeps_texts_apart) {
    Repeats repeats(10s);
    EXPECT_EQ(repeats.tell("one", {}), 0U);
    EXPECT_EQ(repeats.tell("other", {}), 0U);
}

TEST(Repeats, remembers_a_bounded_number_of_texts) {
    Repeats repeats(10s);
    EXPECT_EQ(repeats.tell("first", {}), 0U);
    for (int index = 0; index < 1000; ++index) {
        EXPECT_EQ(repeats.tell(std::to_string(index), {}), 0U);
    }
    EXPECT_EQ(repeats.tell("first", {}), 0U);  // forgotten, so it is told again
}

}  // namespace
}  // namespace carafe::log
