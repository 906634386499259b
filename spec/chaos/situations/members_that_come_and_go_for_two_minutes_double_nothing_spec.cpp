// Every five seconds one joins or leaves, under load.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, members_that_come_and_go_for_two_minutes_double_nothing) {
    expect_nothing_doubled_by_who_comes_and_goes({});
}

}  // namespace carafe::spec
