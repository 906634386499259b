#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "carafe/postgres/dead_letters.h"
#include "postgres/dead_letters/filter.h"

namespace carafe::postgres::spec {

namespace {

using ::testing::HasSubstr;

// The message for the filter, with its column; "" when it is accepted.
std::string mistake(const std::string& text) {
    Parameters parameters;
    try {
        parse_filter(text, parameters);
        return "";
    } catch (const FilterError& error) {
        return std::to_string(error.column()) + ": " + error.message();
    }
}

std::string sql(const std::string& text) {
    Parameters parameters;
    return parse_filter(text, parameters).sql;
}

TEST(Filter, accepts_the_example_of_the_manual) {
    EXPECT_EQ(
        mistake(R"(error_class = "X" and source_partition in (0,2) and age > 1h and key = "...")"),
        ""
    );
}

TEST(Filter, binds_and_closer_than_or_and_knows_not_and_parentheses) {
    EXPECT_EQ(
        sql("attempts = 1 or attempts = 2 and not (redrives > 3)"),
        "((coalesce((d.attempts) = $1::bigint, false)) OR (coalesce((d.attempts) = $2::bigint, "
        "false) AND NOT ((coalesce((d.redrives) > $3::bigint, false)))))"
    );
}

TEST(Filter, takes_words_in_any_case_and_either_quotes) {
    EXPECT_EQ(mistake("TOPIC = 'a' AND NOT Key CONTAINS \"b\" Or state IN ('waiting')"), "");
}

TEST(Filter, keeps_what_the_user_wrote_out_of_the_statement) {
    EXPECT_THAT(sql("key = \"'; DROP TABLE dead_letters; --\""), Not(HasSubstr("DROP")));
    EXPECT_THAT(sql("header.x-evil = \"'\""), Not(HasSubstr("evil")));
}

TEST(Filter, says_where_and_what_is_wrong) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "1: expected a condition, as in attempts > 3"},
        {"eror_class = 'X'", "1: unknown field 'eror_class', did you mean 'error_class'?"},
        {"attempts = 'three'", "12: expected a whole number"},
        {"attempts", "9: expected a comparison: = != < <= > >= in contains"},
        {"error_class = X", "15: expected a text in quotes"},
        {"error_class > 'X'", "13: 'error_class' is a text: compare it by = != in contains"},
        {"age > 5", "7: expected a duration, as in 30s, 90m, 12h, 7d"},
        {"age > 5y", "8: no unit of time: write s, m, h, d or w, as in 90m"},
        {"age = 5m", "5: 'age' is never exactly that: use < or >"},
        {"age > 99999999w", "7: a duration is between 0 and 100 years"},
        {"attempts = 99999999999999999999", "12: the number is too large"},
        {"attempts contains '3'", "10: 'contains' is for texts, and 'attempts' is none"},
        {"topic = 'a' and", "16: expected a condition, as in attempts > 3"},
        {"topic = 'a' topic = 'b'", "13: expected 'and', 'or' or the end"},
        {"(topic = 'a'", "13: expected ')'"},
        {"topic = 'a", "9: the text that begins here does not end"},
        {"topic in 'a'", "10: expected '(' and a list, as in (0, 2)"},
        {"topic in ('a' 'b')", "15: expected ',' or ')'"},
        {"topic not = 'a'", "11: expected 'in' after 'not'"},
        {"topic == 'a'", "8: expected a text in quotes"},
        {"topic = 'a' && topic = 'b'", "13: '&' means nothing here: write and, or"},
        {"topic = 'a'; DROP TABLE x", "12: ';' means nothing here"},
        {"died_at > 'yesterday'", "11: no time: write \"2026-11-21\" or \"2026-11-21T03:00:00Z\""},
        {"died_at > '2026-02-30'", "11: no time: write \"2026-11-21\" or \"2026-11-21T03:00:00Z\""},
        {"died_at > '2026-02-20T25:00:00Z'",
         "11: no time: write \"2026-11-21\" or \"2026-11-21T03:00:00Z\""},
        {"topic = '\x01'", "10: a control character, or not UTF-8"},
        {std::string(5000, '('), "1: the filter is longer than 4096 bytes"},
        {std::string(100, '('), "34: nested more than 32 deep"},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(mistake(text), expected) << text;
    }
}

TEST(Filter, shows_the_place_to_a_person) {
    Parameters parameters;
    try {
        parse_filter("attempts > 3 and eror_class = 'X'", parameters);
        FAIL() << "accepted";
    } catch (const FilterError& error) {
        EXPECT_STREQ(
            error.what(),
            "filter, column 18: unknown field 'eror_class', did you mean 'error_class'?\n"
            "  attempts > 3 and eror_class = 'X'\n"
            "                   ^^^^^^^^^^"
        );
    }
}

}  // namespace

}  // namespace carafe::postgres::spec
