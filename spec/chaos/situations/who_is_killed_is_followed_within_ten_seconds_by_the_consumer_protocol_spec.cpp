// KIP-848: it is the broker that misses the member.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, who_is_killed_is_followed_within_ten_seconds_by_the_consumer_protocol) {
    plan({.exactly_once = true, .partitions = 2, .kafka = {{"group.protocol", "consumer"}}});
    expect_followed_after_a_kill();
}

}  // namespace carafe::spec
