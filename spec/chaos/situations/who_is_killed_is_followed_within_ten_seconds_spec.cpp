// From kill -9 to the record it had in hand: the group waits for its session to end.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, who_is_killed_is_followed_within_ten_seconds) {
    plan({.exactly_once = true, .partitions = 2});
    expect_followed_after_a_kill();
}

}  // namespace carafe::spec
