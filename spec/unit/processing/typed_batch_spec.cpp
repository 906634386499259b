#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "carafe/errors.h"
#include "carafe/json.h"
#include "carafe/testing/consumer_harness.h"
#include "carafe/typed_consumer.h"

namespace carafe {
namespace {

std::string problem_of(const std::function<void()>& read) {
    try {
        read();
    } catch (const JsonError& error) {
        return error.what();
    }
    return "no problem";
}

TEST(Json, reads_what_is_there) {
    const Json json = Json::parse(
        R"({"id": "a\u00e9", "count": 3, "price": 2.5, "paid": true, "note": null, "items": [1, 2]})"
    );
    EXPECT_EQ(json.at("id").text(), "a\xc3\xa9");
    EXPECT_EQ(json.at("count").integer(), 3);
    EXPECT_EQ(json.at("count").number(), 3.0);
    EXPECT_EQ(json.at("price").number(), 2.5);
    EXPECT_TRUE(json.at("paid").boolean());
    EXPECT_TRUE(json.at("note").is_null());
    EXPECT_FALSE(json.find("note"));
    EXPECT_FALSE(json.find("nothing"));
    ASSERT_EQ(json.at("items").items().size(), 2U);
    EXPECT_EQ(json.at("items").items()[1].integer(), 2);
}

TEST(Json, says_where_something_is_wrong_and_what) {
    const Json json =
        Json::parse(R"({"a/b": [{"n": "x"}], "n": 1.5, "big": 18446744073709551615})");
    EXPECT_EQ(
        problem_of([&] { (void)json.at("a/b").items()[0].at("n").integer(); }),
        "/a~1b/0/n: expected a whole number, got a text"
    );
    EXPECT_EQ(problem_of([&] { (void)json.at("m"); }), "/m: is missing");
    EXPECT_EQ(
        problem_of([&] { (void)json.text(); }), "the document: expected a text, got an object"
    );
    EXPECT_EQ(
        problem_of([&] { (void)json.at("n").integer(); }),
        "/n: expected a whole number, got a number"
    );
    EXPECT_EQ(
        problem_of([&] { (void)json.at("big").integer(); }),
        "/big: expected a whole number of 64 bits, got a whole number"
    );
    EXPECT_EQ(
        problem_of([&] { (void)json.at("n").at("x"); }), "/n: expected an object, got a number"
    );
    EXPECT_EQ(problem_of([&] { (void)json.at("n").items(); }), "/n: expected a list, got a number");
}

TEST(Json, refuses_what_is_none) {
    for (const std::string& text :
         {std::string(),
          std::string("{"),
          std::string("{} {}"),
          std::string("\xff"),
          std::string(100'000, '['),
          std::string("{\"a\":\0}", 7)}) {
        EXPECT_THAT(
            problem_of([&] { (void)Json::parse(text); }), ::testing::StartsWith("not JSON: ")
        );
    }
}

TEST(Json, lives_as_long_as_any_part_of_it) {
    const Json part = Json::parse(R"({"list": ["first", "second"]})").at("list").items()[1];
    EXPECT_EQ(part.text(), "second");
    EXPECT_EQ(part.pointer(), "/list/1");
}

struct Greeting {
    std::string name;
};

Greeting read_greeting(const Json& json) {
    return {json.at("name").text()};
}

class Greeter final : public TypedConsumer<Greeting> {
public:
    using TypedConsumer::TypedConsumer;
    void handle(const TypedBatch<Greeting>& batch) override {
        ++calls;
        for (const auto& greeting : batch) {
            if (greeting.payload.name == "nobody") {
                batch.fail(greeting, "nobody is nobody");
                continue;
            }
            greeted.push_back(
                greeting.payload.name + "@" + std::to_string(greeting.message.offset())
            );
        }
    }

    int calls = 0;
    std::vector<std::string> greeted;
};

TEST(TypedConsumer, handles_payloads_and_dead_letters_what_cannot_be_decoded_after_one_attempt) {
    Greeter greeter(json_payload(read_greeting));
    testing::ConsumerHarness harness(greeter);
    harness.produce({.payload = R"({"name": "Ada"})"});
    harness.produce({.payload = "garbage"});
    harness.produce({.payload = std::nullopt});
    harness.produce({.payload = R"({"name": 7})"});
    harness.produce({.payload = R"({"name": "Grace"})"});
    harness.consume();
    EXPECT_EQ(greeter.greeted, (std::vector<std::string>{"Ada@0", "Grace@4"}));
    EXPECT_EQ(greeter.calls, 1);
    ASSERT_EQ(harness.dead_letters().size(), 3U);
    for (const auto& letter : harness.dead_letters()) {
        EXPECT_EQ(letter.attempts, 1);
        EXPECT_EQ(letter.error_class, "carafe::UndecodableError");
    }
    EXPECT_EQ(harness.dead_letters()[1].error_message, "the record has no value (a tombstone)");
    EXPECT_EQ(
        harness.dead_letters()[2].error_message, "/name: expected a text, got a whole number"
    );
}

TEST(TypedConsumer, marks_a_record_as_failed_by_its_payload) {
    Greeter greeter(json_payload(read_greeting));
    testing::ConsumerHarness harness(greeter);
    harness.produce({.payload = R"({"name": "nobody"})"});
    harness.produce({.payload = R"({"name": "Ada"})"});
    harness.consume();
    EXPECT_EQ(greeter.greeted, std::vector<std::string>{"Ada@1"});
    ASSERT_EQ(harness.dead_letters().size(), 1U);
    EXPECT_EQ(harness.dead_letters()[0].attempts, 3);
    EXPECT_EQ(harness.dead_letters()[0].error_message, "nobody is nobody");
}

TEST(TypedConsumer, waits_when_the_deserializer_needs_something_that_is_away) {
    Greeter greeter([](const Message&) -> Greeting { throw TransientError("no registry"); });
    testing::ConsumerHarness harness(greeter);
    harness.produce({.payload = R"({"name": "Ada"})"});
    EXPECT_THROW(harness.consume(), TransientError);
    EXPECT_TRUE(harness.dead_letters().empty());
}

}  // namespace
}  // namespace carafe
