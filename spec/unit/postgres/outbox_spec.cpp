#include <gmock/gmock.h>

#include <set>

#include "carafe/postgres/outbox.h"
#include "postgres/array_literal.h"
#include "postgres/outbox_headers.h"

using namespace carafe::postgres;
using namespace std::string_literals;
using Headers = std::vector<std::pair<std::string, std::string>>;

TEST(OutboxShard, is_fnv_1a_modulo_16) {
    // Published FNV-1a 64 values: "" cbf29ce484222325, "a" af63dc4c8601ec8c, "foobar"
    // 85944171f73967e8.
    EXPECT_EQ(outbox_shard(""), 0x5);
    EXPECT_EQ(outbox_shard("a"), 0xc);
    EXPECT_EQ(outbox_shard("foobar"), 0x8);
}

TEST(OutboxShard, spreads_keys_over_all_shards) {
    std::set<int> shards;
    for (int key = 0; key < 500; ++key) {
        shards.insert(outbox_shard("order-" + std::to_string(key)));
    }
    EXPECT_EQ(shards.size(), 16U);
    EXPECT_EQ(*shards.begin(), 0);
    EXPECT_EQ(*shards.rbegin(), kOutboxShards - 1);
}

TEST(OutboxHeaders, are_pairs_in_order) {
    EXPECT_EQ(outbox_headers({}), "[]");
    EXPECT_EQ(
        outbox_headers({{"b", "1"}, {"a", "say \"hi\""}, {"b", "2"}}),
        R"([["b","1"],["a","say \"hi\""],["b","2"]])"
    );
}

TEST(OutboxHeaders, keep_any_bytes) {
    const Headers headers = {
        {"ce_id", "grüße ☕"},
        {"binary", "\x00\xff\x80"s},
        {"\xc3", "\xed\xa0\x80"},
        {"empty", ""},
        {"control", "\x01\n\t\\\""},
    };
    EXPECT_EQ(parse_outbox_headers(outbox_headers(headers)), headers);
    EXPECT_EQ(outbox_headers({{"n", "\x00\xff"s}}), R"([["n",{"hex":"00ff"}]])");
}

TEST(OutboxHeaders, refuse_what_is_not_an_array_of_pairs) {
    for (const char* text :
         {"",
          "{}",
          "[1]",
          R"([["a"]])",
          R"([["a",1]])",
          R"([["a",{"hex":"0"}]])",
          R"([["a",{"hex":"zz"}]])",
          R"([["a","b"])"}) {
        EXPECT_THROW(parse_outbox_headers(text), std::runtime_error) << text;
    }
}

TEST(ArrayLiteral, quotes_text_and_writes_bytes_in_hexadecimal) {
    ArrayLiteral array;
    array.add_text(R"(a "b" \c, {d})");
    array.add_text("");
    EXPECT_EQ(array.finish(), R"({"a \"b\" \\c, {d}",""})");
    array.add_bytes("\x00\xfe"s);
    array.add_bytes(std::nullopt);
    array.add_number(-7);
    EXPECT_EQ(array.finish(), R"({"\\x00fe",NULL,-7})");
    EXPECT_EQ(array.finish(), "{}");
}

TEST(RelaySignal, coalesces_notifications_and_counts_them) {
    RelaySignal signal;
    EXPECT_EQ(signal.take(), 0U);
    signal.notify();
    signal.notify();
    EXPECT_EQ(signal.take(), 2U);
    EXPECT_EQ(signal.take(), 0U);
}
