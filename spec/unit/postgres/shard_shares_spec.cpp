#include <gmock/gmock.h>

#include "postgres/shard_shares.h"

using namespace carafe::postgres;
using ::testing::ElementsAre;

namespace {

LiveRelay relay(const std::string& owner, std::size_t shards, double busy, double writes) {
    return {owner, shards, RelayFigures{busy, writes}};
}

std::vector<std::size_t> shares(const std::vector<LiveRelay>& relays) {
    std::vector<std::size_t> shares;
    for (const LiveRelay& relay : relays) {
        shares.push_back(shard_share(relays, relay.owner));
    }
    return shares;
}

TEST(ShardShares, a_relay_that_is_alone_has_all) {
    EXPECT_THAT(shares({relay("a", 0, 0, 0)}), ElementsAre(16));
    EXPECT_THAT(shares({relay("a", 16, 1, 900)}), ElementsAre(16));
}

TEST(ShardShares, one_has_all_while_it_is_not_too_busy) {
    EXPECT_THAT(shares({relay("a", 0, 0, 0), relay("b", 0, 0, 0)}), ElementsAre(16, 0));
    EXPECT_THAT(shares({relay("a", 0, 0, 0), relay("b", 16, 0.49, 0)}), ElementsAre(0, 16));
}

TEST(ShardShares, another_helps_one_that_is_too_busy) {
    EXPECT_THAT(shares({relay("a", 16, 0.5, 0), relay("b", 0, 0, 0)}), ElementsAre(8, 8));
    EXPECT_THAT(
        shares({relay("a", 8, 0.6, 0), relay("b", 8, 0.6, 0), relay("c", 0, 0, 0)}),
        ElementsAre(6, 5, 5)
    );
}

TEST(ShardShares, one_at_a_time_and_no_more_than_there_are) {
    EXPECT_THAT(
        shares({relay("a", 16, 1, 0), relay("b", 0, 0, 0), relay("c", 0, 0, 0)}),
        ElementsAre(8, 8, 0)
    );
    EXPECT_THAT(shares({relay("a", 8, 1, 0), relay("b", 8, 1, 0)}), ElementsAre(8, 8));
}

TEST(ShardShares, all_keep_theirs_until_none_of_them_is_busy) {
    EXPECT_THAT(shares({relay("a", 8, 0.2, 0), relay("b", 8, 0, 0)}), ElementsAre(8, 8));
    EXPECT_THAT(shares({relay("a", 8, 0.04, 0), relay("b", 8, 0, 0)}), ElementsAre(16, 0));
}

TEST(ShardShares, while_shards_change_hands_the_answer_stays_the_same) {
    EXPECT_THAT(shares({relay("a", 8, 0.9, 0), relay("b", 0, 0, 0)}), ElementsAre(8, 8));
    EXPECT_THAT(shares({relay("a", 8, 0.9, 0), relay("b", 3, 0.1, 0)}), ElementsAre(8, 8));
    EXPECT_THAT(shares({relay("a", 0, 0, 40), relay("b", 0, 0, 100)}), ElementsAre(0, 16));
    EXPECT_THAT(shares({relay("a", 0, 0, 40), relay("b", 5, 0, 100)}), ElementsAre(0, 16));
}

TEST(ShardShares, the_relay_of_the_process_that_writes_most_comes_first) {
    EXPECT_THAT(shares({relay("a", 0, 0, 100), relay("b", 0, 0, 101)}), ElementsAre(0, 16));
    EXPECT_THAT(shares({relay("a", 16, 0, 100), relay("b", 0, 0, 201)}), ElementsAre(0, 16));
}

TEST(ShardShares, one_that_has_shards_keeps_them_from_who_writes_little_more) {
    EXPECT_THAT(shares({relay("a", 0, 0, 200), relay("b", 16, 0, 101)}), ElementsAre(0, 16));
    EXPECT_THAT(shares({relay("a", 0, 0, 9), relay("b", 16, 0, 0)}), ElementsAre(0, 16));
}

TEST(ShardShares, one_that_is_not_named_comes_last) {
    EXPECT_EQ(shard_share({}, "a"), 16U);
    EXPECT_EQ(shard_share({relay("b", 16, 0, 0)}, "a"), 0U);
}

TEST(ShardShares, all_share_evenly_by_name_while_one_of_an_older_version_lives) {
    EXPECT_THAT(
        shares({relay("b", 16, 0, 900), {"a", 0, std::nullopt}, relay("c", 0, 0, 0)}),
        ElementsAre(5, 6, 5)
    );
}

}  // namespace
