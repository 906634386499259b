// A tombstone is no empty payload, and no key is not the empty key.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, null_is_not_empty) {
    plan({});
    produce_record({"", "key", std::nullopt, {}});
    produce_record({"", "key", "", {}});
    produce_record({"", std::nullopt, "without key", {}});
    produce_record({"", "", "with an empty key", {}});
    Member& member = start();
    ASSERT_TRUE(until_handled(4));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(value("SELECT string_agg(off::text, ',') FROM handled WHERE payload IS NULL"), "0");
    EXPECT_EQ(value("SELECT string_agg(off::text, ',') FROM handled WHERE payload = ''"), "1");
    EXPECT_EQ(value("SELECT string_agg(off::text, ',') FROM handled WHERE key IS NULL"), "2");
    EXPECT_EQ(value("SELECT string_agg(off::text, ',') FROM handled WHERE key = ''"), "3");
}

}  // namespace carafe::spec
