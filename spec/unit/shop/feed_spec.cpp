#include <gtest/gtest.h>

#include "app/channels/feed.h"
#include "app/models/clock.h"
#include "app/models/uuid.h"

namespace {

using namespace shop;
using std::chrono::milliseconds;
using std::chrono::seconds;

class FeedSpec : public ::testing::Test {
protected:
    Happening happening(const std::string& id, milliseconds ago = milliseconds(0)) const {
        return {"order.updated", id, rfc3339(now_ - ago), "{}"};
    }

    const Feed::Time now_ = std::chrono::system_clock::now();
    std::vector<std::string> told_;
    Feed feed_{[this](const Happening& happening) { told_.push_back(happening.event_id); }};
};

TEST_F(FeedSpec, tells_each_event_once_whichever_way_it_comes) {
    const std::string first = new_uuid();
    const std::string second = new_uuid();
    for (const std::string& id : {first, second, first, second, first}) {
        feed_.offer(happening(id), now_);
    }
    EXPECT_EQ(told_, (std::vector<std::string>{first, second}));
    EXPECT_EQ(feed_.counts().told, 2U);
    EXPECT_EQ(feed_.counts().repeated, 3U);
}

TEST_F(FeedSpec, tells_foreign_events_without_an_id_every_time) {
    feed_.offer(happening(""), now_);
    feed_.offer(happening(""), now_);
    EXPECT_EQ(told_.size(), 2U);
}

TEST_F(FeedSpec, knows_how_late_the_events_of_the_last_two_minutes_came) {
    EXPECT_EQ(feed_.lateness(now_), milliseconds(0));
    feed_.offer(happening(new_uuid(), milliseconds(700)), now_);
    feed_.offer(happening(new_uuid(), milliseconds(30)), now_);
    EXPECT_EQ(feed_.lateness(now_), milliseconds(700));
    feed_.offer(
        {"order.updated", new_uuid(), rfc3339(now_ + seconds(90)), "{}"}, now_ + seconds(91)
    );
    EXPECT_EQ(feed_.lateness(now_ + seconds(91)), milliseconds(1'000));
    EXPECT_EQ(feed_.lateness(now_ + seconds(91 + 121)), milliseconds(0));
}

TEST_F(FeedSpec, remembers_when_an_event_came_a_minute_late) {
    feed_.offer(happening(new_uuid(), seconds(59)), now_);
    EXPECT_FALSE(feed_.last_too_late());
    feed_.offer(happening(new_uuid(), seconds(61)), now_);
    EXPECT_EQ(feed_.last_too_late(), now_);
}

TEST_F(FeedSpec, forgets_the_oldest_and_stays_bounded) {
    const std::string oldest = new_uuid();
    feed_.offer(happening(oldest), now_);
    for (int i = 0; i < 262'144; ++i) {
        feed_.offer(happening(new_uuid()), now_);
    }
    told_.clear();
    feed_.offer(happening(oldest), now_);
    EXPECT_EQ(told_.size(), 1U);
}

TEST(Rfc3339, is_read_as_it_is_written) {
    const auto moment =
        std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    EXPECT_EQ(parse_rfc3339(rfc3339(moment)), moment);
    EXPECT_EQ(
        parse_rfc3339("2026-11-21T09:00:00.5Z"),
        *parse_rfc3339("2026-11-21T09:00:00Z") + milliseconds(500)
    );
    for (const char* text :
         {"", "yesterday", "2026-11-21T09:00:00", "2026-11-21T09:00:00.1+01:00"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
}

}  // namespace
