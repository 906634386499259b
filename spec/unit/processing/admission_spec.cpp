#include <gtest/gtest.h>

#include <algorithm>

#include "carafe/testing/messages.h"
#include "processing/admission.h"

namespace carafe::processing {
namespace {

using namespace std::chrono_literals;
using Time = Admission::Time;
using WallTime = Admission::WallTime;

constexpr Time kStart{1000s};
constexpr WallTime kWall{1'000'000s};

TEST(RateLimiter, gives_shares_that_follow_each_other_and_saves_nothing_up) {
    RateLimiter limiter(100, 1s);
    const auto first = limiter.reserve(3, kStart);
    EXPECT_EQ(first.records, 3U);
    EXPECT_EQ(first.from, kStart);
    const auto second = limiter.reserve(500, kStart);
    EXPECT_EQ(second.records, 10U);  // a tenth of a second's
    EXPECT_EQ(second.from, kStart + 30ms);
    EXPECT_EQ(limiter.reserve(1, kStart + 1ms).from, kStart + 130ms);
    EXPECT_EQ(limiter.reserve(500, kStart + 1h).from, kStart + 1h);
    EXPECT_EQ(limiter.reserve(1, kStart + 1h).from, kStart + 1h + 100ms);
}

TEST(RateLimiter, knows_slow_rates) {
    RateLimiter limiter(2, 1h);
    EXPECT_EQ(limiter.reserve(500, kStart).records, 1U);
    EXPECT_EQ(limiter.reserve(500, kStart).from, kStart + 30min);
}

std::vector<testing::TestRecord> at(const std::vector<std::chrono::milliseconds>& ages) {
    std::vector<testing::TestRecord> records;
    for (const auto age : ages) {
        testing::TestRecord record;
        record.timestamp = kWall - age;
        records.push_back(record);
    }
    return records;
}

TEST(Admission, is_open_without_delay_and_rate) {
    EXPECT_TRUE(Admission({}).is_open());
    EXPECT_FALSE(Admission({.delay = 1ms}).is_open());
    EXPECT_FALSE(Admission({.limiter = std::make_shared<RateLimiter>(1, 1s)}).is_open());
}

TEST(Admission, holds_back_a_record_that_is_too_young_and_all_after_it) {
    Admission admission({.delay = 10s});
    const testing::TestMessages messages("t", at({15s, 10s, 9s, 20s}));
    auto verdict = admission.admit(messages.all(), kStart, kWall);
    EXPECT_EQ(verdict.admitted, 2U);
    EXPECT_EQ(verdict.more_at, kStart + 1s);
    const std::span<const Message> rest = std::span(messages.all()).subspan(2);
    verdict = admission.admit(rest, kStart + 1s, kWall + 1s);
    EXPECT_EQ(verdict.admitted, 2U);
    EXPECT_FALSE(verdict.more_at);
}

TEST(Admission, looks_again_in_time_when_the_wall_clock_may_be_set) {
    Admission admission({.delay = 24h});
    const testing::TestMessages messages("t", at({0s}));
    EXPECT_EQ(admission.admit(messages.all(), kStart, kWall).more_at, kStart + 60s);
}

TEST(Admission, hands_out_no_more_than_the_rate) {
    const auto limiter = std::make_shared<RateLimiter>(100, 1s);
    Admission admission({.limiter = limiter});
    const testing::TestMessages messages("t", std::vector<testing::TestRecord>(1000));
    std::span<const Message> rest = messages.all();
    Time now = kStart;
    while (!rest.empty()) {
        const auto verdict = admission.admit(rest, now, kWall);
        rest = rest.subspan(verdict.admitted);
        if (verdict.more_at) {
            ASSERT_GT(*verdict.more_at, now);
            now = *verdict.more_at;
        }
    }
    EXPECT_EQ(now - kStart, 9900ms);
}

TEST(Admission, partitions_that_share_a_rate_get_the_same_in_turn) {
    const auto limiter = std::make_shared<RateLimiter>(100, 1s);
    Admission one({.limiter = limiter});
    Admission other({.limiter = limiter});
    const testing::TestMessages messages("t", std::vector<testing::TestRecord>(500));
    std::size_t of_one = 0;
    std::size_t of_other = 0;
    for (Time now = kStart; now < kStart + 2s; now += 10ms) {
        of_one += one.admit(messages.all(), now, kWall).admitted;
        of_other += other.admit(messages.all(), now, kWall).admitted;
    }
    EXPECT_EQ(of_one + of_other, 200U);
    EXPECT_LE(std::max(of_one, of_other) - std::min(of_one, of_other), 20U);  // a share each
}

TEST(Admission, keeps_what_is_left_of_a_share) {
    Admission admission({.limiter = std::make_shared<RateLimiter>(100, 1s)});
    const testing::TestMessages messages("t", std::vector<testing::TestRecord>(20));
    EXPECT_EQ(admission.admit(messages.all(), kStart, kWall).admitted, 10U);
    // The next share of ten was reserved: four of it, then the six that are left.
    const auto four = std::span(messages.all()).first(4);
    EXPECT_EQ(admission.admit(four, kStart + 100ms, kWall).admitted, 4U);
    EXPECT_EQ(admission.admit(messages.all(), kStart + 100ms, kWall).admitted, 6U);
}

}  // namespace
}  // namespace carafe::processing
