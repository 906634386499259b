#include <gtest/gtest.h>

#include "app/controllers/params.h"

namespace {

using carafe::http::Problem;
using shop::Params;

// The status of the problem that `read` runs into, with its body; 0 when it runs through.
template <typename Read>
std::string problem(const std::string& body, const Read& read) {
    try {
        Params params(body);
        read(params);
        params.finish();
        return "";
    } catch (const Problem& problem) {
        EXPECT_EQ(problem.status(), 400);
        return problem.response("/").body;
    }
}

std::string problem(const std::string& body) {
    return problem(body, [](Params& params) { params.text("name", {1, 5}); });
}

bool mentions(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(Params, takes_what_is_asked_for) {
    EXPECT_EQ(problem(R"({"name":"Ada"})"), "");
    EXPECT_EQ(problem(R"({"name":"äöüßé"})"), "") << "characters are counted, not bytes";
    EXPECT_EQ(problem(" \n{\"name\" : \"Ada\"}\t"), "");
}

TEST(Params, refuses_what_nobody_asked_for) {
    EXPECT_TRUE(mentions(problem(R"({"name":"Ada","role":"admin"})"), R"("pointer":"/role")"));
    EXPECT_TRUE(mentions(problem(R"({"name":"Ada","a/b~c":1})"), R"("pointer":"/a~1b~0c")"));
}

TEST(Params, names_the_snake_case_field) {
    const auto read = [](Params& params) { params.optional_text("postal_code", {1, 9}); };
    EXPECT_TRUE(mentions(problem(R"({"postalCode":"1"})", read), "use postal_code"));
    EXPECT_FALSE(mentions(problem(R"({"zipCode":"1"})", read), "use "));
}

TEST(Params, tells_everything_that_is_wrong_at_once) {
    const std::string all = problem(R"({"a":1,"b":"x","extra":true})", [](Params& params) {
        params.text("a", {});
        params.integer("b", {1, 9});
        params.uuid("c");
    });
    for (const char* pointer : {"/a", "/b", "/c", "/extra"}) {
        EXPECT_TRUE(mentions(all, '"' + std::string(pointer) + '"')) << pointer << all;
    }
}

TEST(Params, refuses_names_that_come_twice_wherever_they_are) {
    EXPECT_TRUE(mentions(problem(R"({"name":"Ada","name":"Eve"})"), R"("/name")"));
    EXPECT_TRUE(mentions(problem(R"({"name":"Ada","n\u0061me":"Eve"})"), R"("/name")"));
    EXPECT_TRUE(mentions(problem(R"({"list":[1,{"x":1,"x":2}]})"), R"("/list/1/x")"));
}

TEST(Params, refuses_texts_that_the_database_cannot_store) {
    EXPECT_TRUE(mentions(problem(R"({"name":"A\u0000"})"), R"("/name")"));
    EXPECT_NE(problem("{\"name\":\"\xc3\x28\"}"), "");
    EXPECT_NE(problem("{\"name\":\"\xed\xa0\x80\"}"), "") << "a lone surrogate";
    EXPECT_NE(problem(R"({"name":"\ud800"})"), "") << "an escaped lone surrogate";
}

TEST(Params, refuses_what_is_no_json) {
    for (const char* body :
         {"",
          " ",
          "{",
          "{\"name\":\"Ada\"",
          "{\"name\":\"Ada\"}}",
          "{'name':'Ada'}",
          "{name:1}",
          "{\"name\":\"Ada\",}",
          "{\"name\":NaN}",
          "[1,2",
          "nul",
          "{\"name\":\"\t\"}",
          "{\"name\":01}",
          "\xef\xbb\xbf{\"name\":\"Ada\"}"}) {
        EXPECT_NE(problem(body), "") << body;
    }
    for (const char* body : {"null", "1", "\"x\"", "[]", "true"}) {
        EXPECT_TRUE(mentions(problem(body), "must be a JSON object")) << body;
    }
}

TEST(Params, stops_at_32_levels) {
    const auto nested = [](int levels) {
        return std::string(static_cast<std::size_t>(levels), '[') +
               std::string(static_cast<std::size_t>(levels), ']');
    };
    EXPECT_TRUE(mentions(problem(nested(33)), "32 levels"));
    EXPECT_FALSE(mentions(problem(nested(32)), "32 levels"));
    EXPECT_TRUE(mentions(problem(std::string(60'000, '[')), "32 levels"));
}

TEST(Params, reads_integers_in_their_range_however_they_are_written) {
    const auto read = [](Params& params) { params.integer("n", {1, 10}); };
    for (const char* number : {"1", "10", "1.0", "1e1", "10.00"}) {
        EXPECT_EQ(problem(R"({"n":)" + std::string(number) + "}", read), "") << number;
    }
    for (const char* number :
         {"0",
          "11",
          "-1",
          "1.5",
          "1e400",
          "9223372036854775808",
          "-9223372036854775809",
          "\"1\"",
          "null",
          "true",
          "[1]",
          "{}"}) {
        EXPECT_TRUE(mentions(problem(R"({"n":)" + std::string(number) + "}", read), R"("/n")"))
            << number;
    }
}

TEST(Params, treats_null_as_absent_only_where_a_field_is_optional) {
    const auto optional = [](Params& params) {
        EXPECT_FALSE(params.optional_text("name", {1, 5}));
    };
    EXPECT_EQ(problem(R"({"name":null})", optional), "");
    EXPECT_EQ(problem("{}", optional), "");
    EXPECT_TRUE(mentions(problem(R"({"name":null})"), R"("/name")"));
}

}  // namespace
