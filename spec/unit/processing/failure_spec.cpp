#include <gtest/gtest.h>

#include "carafe/errors.h"
#include "carafe/testing/messages.h"
#include "processing/delivery.h"
#include "processing/failure.h"

namespace carafe::processing {
namespace {

template <typename Error>
Failure classified(const Error& error, const std::vector<Classifier>& classifiers = {}) {
    return classify(std::make_exception_ptr(error), classifiers);
}

TEST(Classify, names_the_class_and_keeps_the_message) {
    const Failure failure = classified(std::out_of_range("index 7"));
    EXPECT_EQ(failure.kind, FailureKind::kPermanent);
    EXPECT_EQ(failure.error_class, "std::out_of_range");
    EXPECT_EQ(failure.error_message, "index 7");
    EXPECT_FALSE(failure.offset.has_value());
}

TEST(Classify, knows_the_exceptions_a_consumer_may_throw) {
    const testing::TestMessages messages("t", {{}, {}}, 41);
    const Message& second = messages.all()[1];
    EXPECT_EQ(classified(TransientError("away")).kind, FailureKind::kSystemic);
    EXPECT_EQ(classified(Fenced("gone")).kind, FailureKind::kFenced);
    EXPECT_EQ(classified(UndecodableError(second, "?")).kind, FailureKind::kUndecodable);
    EXPECT_EQ(classified(UndecodableError(second, "?")).offset, 42);
    EXPECT_EQ(classified(MessageError(second, "?")).kind, FailureKind::kPermanent);
    EXPECT_EQ(classified(MessageError(second, "?")).offset, 42);
    EXPECT_EQ(classified(std::bad_alloc()).kind, FailureKind::kPermanent);
}

TEST(Classify, takes_what_is_no_exception_for_permanent) {
    EXPECT_EQ(classify(std::make_exception_ptr(42), {}).kind, FailureKind::kPermanent);
}

TEST(Classify, asks_the_applications_rules_first) {
    const std::vector<Classifier> classifiers{[](const std::exception& error) {
        return std::string(error.what()) == "busy" ? std::optional(FailureKind::kContention)
                                                   : std::nullopt;
    }};
    EXPECT_EQ(classified(std::runtime_error("busy"), classifiers).kind, FailureKind::kContention);
    EXPECT_EQ(classified(std::runtime_error("bad"), classifiers).kind, FailureKind::kPermanent);
}

TEST(Fingerprint, is_the_same_for_the_same_cause) {
    const auto of = [](const std::string& message) {
        return fingerprint({FailureKind::kPermanent, "Error", message, {}});
    };
    EXPECT_EQ(of("order 17 not found"), of("order 18 not found"));
    EXPECT_EQ(
        of("order 018f2b1c-aaaa-7bbb-8ccc-1234567890ab not found"),
        of("order 118f2b1c-ffff-7eee-9ddd-0987654321ba not found")
    );
    EXPECT_EQ(of("unknown type 'A'"), of("unknown type 'B C'"));
    EXPECT_NE(of("order not found"), of("product not found"));
    EXPECT_EQ(of("x").size(), 16U);
    EXPECT_NE(
        fingerprint({FailureKind::kPermanent, "A", "x", {}}),
        fingerprint({FailureKind::kPermanent, "B", "x", {}})
    );
}

}  // namespace
}  // namespace carafe::processing
