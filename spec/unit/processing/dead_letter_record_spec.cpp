#include <gtest/gtest.h>

#include <map>

#include "carafe/testing/messages.h"
#include "processing/dead_letter_record.h"

namespace carafe::processing {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

Record dead_lettered(const testing::TestRecord& record, const std::string& message = "broken") {
    const testing::TestMessages messages("orders", {record}, 7);
    return dead_letter_record(
        DeadLetter{messages.all().front(), "orders.dlq", 3, "shop::Error", message, "abc"}, "group"
    );
}

TEST(DeadLetterRecord, keeps_key_payload_and_headers_and_adds_the_origin) {
    Record record = dead_lettered(
        {"k",
         "v",
         {{"ce_id", "1"}, {"ce_id", "2"}},
         std::chrono::system_clock::time_point(std::chrono::milliseconds(1234))}
    );
    EXPECT_EQ(record.topic, "orders.dlq");
    EXPECT_EQ(record.key, "k");
    EXPECT_EQ(record.payload, "v");
    ASSERT_EQ(record.headers.back().first, "dlq_id");
    record.headers.pop_back();
    EXPECT_EQ(
        record.headers,
        (Headers{
            {"ce_id", "1"},
            {"ce_id", "2"},
            {"dlq_source_topic", "orders"},
            {"dlq_source_partition", "0"},
            {"dlq_source_offset", "7"},
            {"dlq_source_timestamp", "1234"},
            {"dlq_consumer_group", "group"},
            {"dlq_attempts", "3"},
            {"dlq_error_class", "shop::Error"},
            {"dlq_error_message", "broken"},
            {"dlq_fingerprint", "abc"},
            {"dlq_redrives", "0"}})
    );
}

TEST(DeadLetterRecord, has_an_id_of_its_own_death) {
    const Record first = dead_lettered({"k", "v", {{"dlq_id", "of an earlier death"}}, {}});
    const Record second = dead_lettered({"k", "v", {}, {}});
    EXPECT_EQ(first.headers.back().second.size(), 32U);
    EXPECT_NE(first.headers.back().second, second.headers.back().second);
}

TEST(DeadLetterRecord, keeps_a_tombstone_and_a_missing_key_apart_from_empty_ones) {
    const Record tombstone = dead_lettered({std::nullopt, std::nullopt, {}, {}});
    EXPECT_FALSE(tombstone.key.has_value());
    EXPECT_FALSE(tombstone.payload.has_value());
    const Record empty = dead_lettered({"", "", {}, {}});
    EXPECT_EQ(empty.key, "");
    EXPECT_EQ(empty.payload, "");
}

TEST(DeadLetterRecord, replaces_older_dlq_headers_but_carries_the_redrive_count) {
    const Record record = dead_lettered(
        {"k", "v", {{"dlq_redrives", "2"}, {"dlq_attempts", "9"}, {"dlq_redrive_id", "x"}}, {}}
    );
    const std::multimap<std::string, std::string> headers(
        record.headers.begin(), record.headers.end()
    );
    EXPECT_EQ(headers.count("dlq_attempts"), 1U);
    EXPECT_EQ(headers.find("dlq_attempts")->second, "3");
    EXPECT_EQ(headers.find("dlq_redrives")->second, "2");
    EXPECT_EQ(headers.count("dlq_redrive_id"), 0U);
}

TEST(DeadLetterRecord, shortens_a_long_message_between_characters) {
    std::string text(1023, 'x');
    text += "é";  // two bytes: the cut must not fall inside
    const Record record = dead_lettered({}, text);
    const std::multimap<std::string, std::string> headers(
        record.headers.begin(), record.headers.end()
    );
    EXPECT_EQ(headers.find("dlq_error_message")->second, std::string(1023, 'x'));
}

}  // namespace
}  // namespace carafe::processing
