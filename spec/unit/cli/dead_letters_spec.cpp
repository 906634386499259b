#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "carafe/errors.h"
#include "cli/dead_letter_output.h"
#include "cli/dead_letters.h"

namespace carafe::cli::spec {

namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;
using ::testing::HasSubstr;
using ::testing::Not;
using Headers = std::vector<std::pair<std::string, std::string>>;

class Source final : public MessageSource {
public:
    explicit Source(const Headers& headers) : headers_(headers) {}
    system_clock::time_point timestamp(const void*) const override {
        return system_clock::time_point(milliseconds(1'000));
    }
    std::vector<Header> headers(const void*) const override {
        std::vector<Header> views;
        for (const auto& [name, value] : headers_) {
            views.push_back({name, value});
        }
        return views;
    }

private:
    const Headers& headers_;
};

DeadLetter letter(
    const Headers& headers,
    std::optional<std::string_view> payload = "payload",
    std::optional<std::string_view> key = "key"
) {
    const Source source(headers);
    Message::Fields fields;
    fields.topic = "t.dlq";
    fields.partition = 2;
    fields.offset = 7;
    fields.key = key;
    fields.payload = payload;
    fields.source = &source;
    return read_dead_letter(Message(fields));
}

Headers origin(const std::string& partition = "1", const std::string& offset = "42") {
    return {
        {"ce_id", "1"},
        {"dlq_source_topic", "t"},
        {"dlq_source_partition", partition},
        {"dlq_source_offset", offset},
        {"dlq_source_timestamp", "500"},
        {"dlq_consumer_group", "g"},
        {"dlq_attempts", "3"},
        {"dlq_error_class", "shop::UnknownOrder"},
        {"dlq_error_message", "no order 7"},
        {"dlq_fingerprint", "00ff"},
        {"dlq_redrives", "2"}};
}

TEST(DeadLetterIds, are_written_as_they_are_read) {
    EXPECT_EQ(parse_dead_letter_id("a.dlq/3/99"), (DeadLetterId{"a.dlq", 3, 99}));
    EXPECT_EQ(parse_dead_letter_id("a.dlq/3/99").text(), "a.dlq/3/99");
}

TEST(DeadLetterIds, refuse_everything_else) {
    for (const char* text :
         {"",
          "/",
          "//",
          "a",
          "a/1",
          "a/1/",
          "/1/1",
          "a//1",
          "a/b/1",
          "a/1/b",
          "a/-1/1",
          "a/1/-1",
          "a/1/1/",
          "a/1/1/1",
          "a/1/1 ",
          "a/1/+1",
          "a/99999999999/1",
          "a/1/99999999999999999999"}) {
        EXPECT_THROW(parse_dead_letter_id(text), ConfigurationError) << text;
    }
}

TEST(DeadLetters, know_where_they_came_from_and_why) {
    const DeadLetter read = letter(origin());
    EXPECT_EQ(read.id.text(), "t.dlq/2/7");
    ASSERT_TRUE(read.origin);
    EXPECT_EQ(read.origin->topic, "t");
    EXPECT_EQ(read.origin->partition, 1);
    EXPECT_EQ(read.origin->offset, 42);
    EXPECT_EQ(read.origin->timestamp_ms, 500);
    EXPECT_EQ(read.origin->group, "g");
    EXPECT_EQ(read.origin->attempts, 3);
    EXPECT_EQ(read.origin->error_class, "shop::UnknownOrder");
    EXPECT_EQ(read.origin->error_message, "no order 7");
    EXPECT_EQ(read.origin->fingerprint, "00ff");
    EXPECT_EQ(read.origin->redrives, 2);
}

TEST(DeadLetters, without_a_usable_origin_are_foreign) {
    EXPECT_FALSE(letter({}).origin);
    EXPECT_FALSE(letter({{"dlq_source_topic", "t"}}).origin);
    EXPECT_FALSE(letter(origin("x", "1")).origin);
    EXPECT_FALSE(letter(origin("1", "-1")).origin);
    EXPECT_FALSE(letter(origin("1", "99999999999999999999")).origin);
}

TEST(DeadLetters, read_garbage_in_a_count_as_zero) {
    Headers headers = origin();
    headers.emplace_back("dlq_attempts", "many");
    headers.emplace_back("dlq_redrives", std::string("\0\xff", 2));
    EXPECT_EQ(letter(headers).origin->attempts, 0);
    EXPECT_EQ(letter(headers).origin->redrives, 0);
}

TEST(RedrivenRecord, is_the_original_with_one_more_redrive) {
    const Record record = redriven(letter(origin()));
    EXPECT_EQ(record.topic, "t");
    EXPECT_EQ(record.key, "key");
    EXPECT_EQ(record.payload, "payload");
    EXPECT_EQ(record.headers, (Headers{{"ce_id", "1"}, {"dlq_redrives", "3"}}));
}

TEST(RedrivenRecord, keeps_a_missing_key_and_payload_missing) {
    const Record record = redriven(letter(origin(), std::nullopt, std::nullopt));
    EXPECT_FALSE(record.key);
    EXPECT_FALSE(record.payload);
}

TEST(RedrivenRecord, goes_in_the_order_of_the_source) {
    std::vector<DeadLetter> letters{
        letter(origin("1", "10")), letter(origin("0", "11")), letter(origin("1", "9"))};
    sort_for_redrive(letters);
    EXPECT_EQ(letters[0].origin->offset, 11);
    EXPECT_EQ(letters[1].origin->offset, 9);
    EXPECT_EQ(letters[2].origin->offset, 10);
}

TEST(DeadLetterTopics, are_those_of_routes_and_those_named_dlq) {
    Settings settings;
    settings.consumer_groups.resize(1);
    settings.consumer_groups[0].topics.resize(2);
    settings.consumer_groups[0].topics[0].dead_letter_topic = "dead";
    for (const char* name : {"a.dlq", "b", ".dlq"}) {
        settings.topics.emplace_back();
        settings.topics.back().name = name;
    }
    EXPECT_EQ(dead_letter_topics(settings), (std::vector<std::string>{"a.dlq", "dead"}));
}

TEST(DeadLetterOutput, never_sends_a_record_to_the_terminal_unescaped) {
    Headers headers = origin();
    headers.emplace_back(
        "dlq_error_message", "\x1b]0;owned\x07\nsecond \xc2\x9b line \xe2\x80\xae"
    );
    headers.emplace_back("evil\x1b[2J", "\xff\x1b[31m");
    const DeadLetter evil = letter(headers, "pay\x1b[31mload\nline 2", "k\x1b[1m\r");
    const auto now = system_clock::now();
    for (const std::string& text :
         {dead_letter_report(evil, now), dead_letter_table({evil}, now).text()}) {
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            EXPECT_TRUE(c == '\n' || (byte >= 0x20 && byte != 0x7F)) << text;
        }
        EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
        EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
        EXPECT_THAT(text, HasSubstr("\\x1b]0;owned\\x07\\nsecond"));
    }
}

TEST(DeadLetterOutput, shows_why_and_everything_of_the_record) {
    const std::string report =
        dead_letter_report(letter(origin(), "{\"a\": 1}\nx"), system_clock::now());
    for (const char* part :
         {"t.dlq/2/7",
          "t/1/42",
          "shop::UnknownOrder: no order 7",
          "attempts     3",
          "ce_id: 1",
          "payload      10 bytes:\n{\"a\": 1}\nx\n",
          "1970-01-01T00:00:00.500Z"}) {
        EXPECT_THAT(report, HasSubstr(part));
    }
}

TEST(DeadLetterOutput, dumps_bytes_that_are_no_text) {
    const std::string report =
        dead_letter_report(letter(origin(), std::string_view("ab\0\xff", 4)), system_clock::now());
    EXPECT_THAT(report, HasSubstr("payload      4 bytes, not text:\n00000000  61 62 00 ff"));
    EXPECT_THAT(report, HasSubstr("ab..\n"));
}

TEST(DeadLetterOutput, lists_foreign_records_too) {
    const std::string text =
        dead_letter_table({letter({}, std::nullopt, std::nullopt)}, system_clock::now()).text();
    EXPECT_THAT(text, HasSubstr("t.dlq/2/7"));
    EXPECT_THAT(text, HasSubstr("foreign record"));
    EXPECT_THAT(dead_letter_report(letter({}), system_clock::now()), HasSubstr("a foreign record"));
}

TEST(DeadLetterOutput, gives_bytes_that_are_no_text_to_json_in_base64) {
    const std::string json = boost::json::serialize(
        dead_letter_json(letter(origin(), std::string_view("\xff\x00\x01", 3), "k"), true)
    );
    EXPECT_THAT(json, HasSubstr("\"payload_base64\":\"/wAB\""));
    EXPECT_THAT(json, HasSubstr("\"key\":\"k\""));
    EXPECT_THAT(json, HasSubstr("\"error_class\":\"shop::UnknownOrder\""));
    EXPECT_THAT(
        boost::json::serialize(dead_letter_json(letter({}, std::nullopt), true)),
        HasSubstr("\"payload\":null")
    );
}

TEST(Printable, keeps_text_and_escapes_the_rest) {
    EXPECT_EQ(printable("añ€𝄞"), "añ€𝄞");
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");
    EXPECT_EQ(printable("a\tb\r\n"), "a\\tb\\r\\n");
    EXPECT_EQ(printable("añ€𝄞x", 4), "añ€𝄞...");
    EXPECT_EQ(printable("abc", 3), "abc");
}

TEST(AlignedTable, counts_characters_and_not_bytes) {
    Table table({"A", "B"});
    table.add({"añ", "x"});
    EXPECT_EQ(table.text(), "A   B\nañ  x\n");
}

TEST(Age, is_short) {
    EXPECT_EQ(age(std::chrono::seconds(-5)), "0s");
    EXPECT_EQ(age(std::chrono::seconds(59)), "59s");
    EXPECT_EQ(age(std::chrono::minutes(59)), "59m");
    EXPECT_EQ(age(std::chrono::hours(47)), "47h");
    EXPECT_EQ(age(std::chrono::hours(50)), "2d");
}

}  // namespace

}  // namespace carafe::cli::spec
