#include <gtest/gtest.h>

#include "postgres/pace.h"

namespace carafe::postgres {
namespace {

using namespace std::chrono_literals;

TEST(Pace, rests_many_times_as_long_as_the_work_took_within_its_bounds) {
    const Pace::Clock::time_point start{1h};
    Pace pace(50, 0s, 5s);
    EXPECT_TRUE(pace.is_due(start));
    pace.worked(start, start + 10ms);
    EXPECT_FALSE(pace.is_due(start + 10ms + 499ms));
    EXPECT_TRUE(pace.is_due(start + 10ms + 500ms));
    pace.worked(start, start + 1s);
    EXPECT_FALSE(pace.is_due(start + 1s + 4'999ms));
    EXPECT_TRUE(pace.is_due(start + 1s + 5s));
    Pace steady(50, 1s, 5s);
    steady.worked(start, start + 1ms);
    EXPECT_FALSE(steady.is_due(start + 1s));
    EXPECT_TRUE(steady.is_due(start + 1ms + 1s));
}

TEST(Pace, is_due_at_once_when_it_is_to_hurry) {
    const Pace::Clock::time_point start{1h};
    Pace pace(50, 1s, 5s);
    pace.worked(start, start + 1s);
    pace.hurry();
    EXPECT_TRUE(pace.is_due(start + 1s));
}

}  // namespace
}  // namespace carafe::postgres
