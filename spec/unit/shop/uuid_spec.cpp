#include <gtest/gtest.h>

#include <set>

#include "app/models/clock.h"
#include "app/models/uuid.h"

namespace {

using namespace shop;

TEST(Uuid, is_of_version_7_and_unique) {
    std::set<std::string> ids;
    for (int i = 0; i < 10'000; ++i) {
        const std::string id = new_uuid();
        ASSERT_TRUE(is_uuid(id)) << id;
        ASSERT_EQ(id[14], '7') << id;
        ASSERT_NE(std::string("89ab").find(id[19]), std::string::npos) << id;
        ids.insert(id);
    }
    EXPECT_EQ(ids.size(), 10'000U);
}

TEST(Uuid, refuses_what_only_looks_like_one) {
    for (const char* text :
         {"",
          "01930000-0000-7000-8000-00000000000",
          "01930000-0000-7000-8000-0000000000011",
          "01930000x0000-7000-8000-000000000001",
          "{1930000-0000-7000-8000-000000000001",
          "01930000-0000-7000-8000-00000000000g",
          "019300000000-7000-8000-0000-00000001"}) {
        EXPECT_FALSE(is_uuid(text)) << text;
    }
    EXPECT_EQ(
        canonical_uuid("01930000-ABCD-7000-8000-00000000000F"),
        "01930000-abcd-7000-8000-00000000000f"
    );
}

TEST(Clock, writes_rfc_3339_with_microseconds_in_utc) {
    const auto moment = std::chrono::system_clock::time_point(std::chrono::microseconds(1'000'042));
    EXPECT_EQ(rfc3339(moment), "1970-01-01T00:00:01.000042Z");
}

}  // namespace
