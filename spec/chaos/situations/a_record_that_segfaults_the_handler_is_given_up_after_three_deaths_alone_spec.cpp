// The death in company counts for nobody. As a static member, so that each life begins at once.
#include "carafe/testing/eventually.h"
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_record_that_segfaults_the_handler_is_given_up_after_three_deaths_alone) {
    plan({.worker = {{"membership", "static"}}});
    produce({"1", "2", "segfault", "4", "5"});
    int deaths = 0;
    Member* member = &start();
    ASSERT_TRUE(testing::eventually(
        [&] {
            if (member->ended()) {
                ++deaths;
                member = &start();
            }
            return handled("5") > 0;
        },
        seconds(90)
    )) << deaths
       << " deaths";
    EXPECT_EQ(member->stop(), 0);
    EXPECT_EQ(deaths, 4);
    ASSERT_EQ(letters().size(), 1U);
    EXPECT_EQ(letters().front().payload, "segfault");
    EXPECT_EQ(distinct(), 4);
}

}  // namespace carafe::spec
