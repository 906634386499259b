#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "carafe/errors.h"
#include "postgres/dead_letters/json_patch.h"

namespace carafe::postgres::spec {

namespace {

// The patched document, or why the patch does not fit.
std::string applied(const std::string& document, const std::string& patch) {
    try {
        return JsonPatch(patch).apply(document);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

TEST(JsonPatch, does_the_six_operations) {
    EXPECT_EQ(
        applied(R"({"a":1})", R"([{"op":"add","path":"/b","value":[1]}])"), R"({"a":1,"b":[1]})"
    );
    EXPECT_EQ(applied("[1,3]", R"([{"op":"add","path":"/1","value":2}])"), "[1,2,3]");
    EXPECT_EQ(applied("[1]", R"([{"op":"add","path":"/-","value":2}])"), "[1,2]");
    EXPECT_EQ(applied(R"({"a":1})", R"([{"op":"remove","path":"/a"}])"), "{}");
    EXPECT_EQ(applied("[1,2]", R"([{"op":"remove","path":"/0"}])"), "[2]");
    EXPECT_EQ(applied(R"({"a":1})", R"([{"op":"replace","path":"/a","value":2}])"), R"({"a":2})");
    EXPECT_EQ(applied("1", R"([{"op":"replace","path":"","value":2}])"), "2");
    EXPECT_EQ(
        applied(R"({"a":{"b":1}})", R"([{"op":"move","from":"/a/b","path":"/c"}])"),
        R"({"a":{},"c":1})"
    );
    EXPECT_EQ(
        applied(R"({"a":[1]})", R"([{"op":"copy","from":"/a","path":"/b"}])"),
        R"({"a":[1],"b":[1]})"
    );
    EXPECT_EQ(applied(R"({"a":1})", R"([{"op":"test","path":"/a","value":1}])"), R"({"a":1})");
}

TEST(JsonPatch, reads_escaped_paths) {
    EXPECT_EQ(
        applied(R"({"a/b":{"~":1}})", R"([{"op":"remove","path":"/a~1b/~0"}])"), R"({"a/b":{}})"
    );
}

TEST(JsonPatch, says_why_it_does_not_fit_a_document) {
    EXPECT_EQ(applied("no json", "[]"), "the payload is not JSON");
    EXPECT_EQ(
        applied("{}", R"([{"op":"replace","path":"/a","value":1}])"),
        "replace /a: there is nothing at that path"
    );
    EXPECT_EQ(
        applied(R"({"a":1})", R"([{"op":"test","path":"/a","value":2}])"),
        "test /a: the test failed"
    );
    EXPECT_EQ(
        applied("[1]", R"([{"op":"add","path":"/3","value":2}])"),
        "add /3: there is nothing at that path"
    );
    EXPECT_EQ(
        applied("[1]", R"([{"op":"remove","path":"/00"}])"),
        "remove /00: there is nothing at that path"
    );
    EXPECT_EQ(
        applied(R"({"a":{}})", R"([{"op":"move","from":"/a","path":"/a/b"}])"),
        "move /a/b: a value cannot be moved into itself"
    );
}

TEST(JsonPatch, refuses_what_is_no_patch) {
    for (const char* text :
         {"",
          "{}",
          "[1]",
          R"([{"path":"/a"}])",
          R"([{"op":"add","path":"/a"}])",
          R"([{"op":"move","path":"/a"}])",
          R"([{"op":"increase","path":"/a"}])",
          R"([{"op":"remove","path":"a"}])",
          R"([{"op":"remove","path":"/~2"}])"}) {
        EXPECT_THROW(JsonPatch{text}, ConfigurationError) << text;
    }
}

}  // namespace

}  // namespace carafe::postgres::spec
