// KIP-848: every five seconds one joins or leaves, under load.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, members_of_the_consumer_protocol_that_come_and_go_double_nothing) {
    expect_nothing_doubled_by_who_comes_and_goes({{"group.protocol", "consumer"}});
}

}  // namespace carafe::spec
