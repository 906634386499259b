// What the handler needs is away for longer than any number of attempts.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, an_outage_counts_no_attempt) {
    plan({.retry = "attempts: 2, backoff: 20ms..100ms"});
    produce({"away-until:back", "2"});
    Member& member = start();
    ASSERT_TRUE(until("SELECT count(*) >= 6 FROM calls", "t"));
    EXPECT_NE(member.ask("/readyz").find("backs off on " + topic + "/0"), std::string::npos);
    open("back");
    ASSERT_TRUE(until_handled(2));
    EXPECT_EQ(value("SELECT max(attempt) FROM handled"), "1");
    EXPECT_EQ(member.stop(), 0);
    EXPECT_TRUE(letters().empty());
}

}  // namespace carafe::spec
