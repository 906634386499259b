#include <gtest/gtest.h>

#include "kafka/prefetch.h"

namespace carafe::kafka {
namespace {

std::int64_t number(const Properties& properties, const std::string& name) {
    return std::stoll(properties.at(name));
}

TEST(Prefetch, shares_the_budget_between_all_partitions) {
    for (const int partitions : {1, 6, 60, 600}) {
        constexpr std::int64_t kBudget = 64LL * 1024 * 1024;
        const Properties properties = prefetch_properties(kBudget, partitions);
        const std::int64_t queued = number(properties, "queued.max.messages.kbytes") * 1024;
        const std::int64_t fetch = number(properties, "fetch.message.max.bytes");
        EXPECT_LE((queued + fetch) * partitions, kBudget * 3 / 4) << partitions;
        EXPECT_GE(queued, 32 * 1024) << partitions;
    }
}

TEST(Prefetch, keeps_a_share_that_works_when_the_budget_is_too_small) {
    const Properties properties = prefetch_properties(1024, 1000);
    EXPECT_EQ(number(properties, "queued.max.messages.kbytes"), 32);
    EXPECT_EQ(number(properties, "fetch.message.max.bytes"), 32 * 1024);
}

TEST(Prefetch, makes_do_with_no_partitions_yet) {
    EXPECT_GT(number(prefetch_properties(64 * 1024 * 1024, 0), "queued.max.messages.kbytes"), 0);
}

}  // namespace
}  // namespace carafe::kafka
