// Nothing of a key overtakes a record of it that has failed and is tried again.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_key_keeps_its_order_through_retries) {
    plan({.lanes = 4, .retry = "attempts: 100, backoff: 20ms..50ms"});
    Payloads payloads;
    std::vector<std::string> keys;
    for (int round = 0; round < 10; ++round) {
        for (const char* key : {"a", "b", "c"}) {
            payloads.push_back(round == 3 ? "fail-until:go" : std::to_string(round));
            keys.emplace_back(key);
        }
    }
    produce(payloads, keys);
    Member& member = start();
    ASSERT_TRUE(until("SELECT coalesce(max(attempt), 0) >= 4 FROM calls", "t"));
    open("go");
    ASSERT_TRUE(until_handled(30));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(
        value("SELECT count(*) FROM (SELECT off, lag(off) OVER (PARTITION BY key ORDER BY id) AS "
              "previous FROM (SELECT DISTINCT ON (key, off) * FROM handled ORDER BY key, off, id) "
              "firsts) rows WHERE previous > off"),
        "0"
    );
}

}  // namespace carafe::spec
