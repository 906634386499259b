#include <gtest/gtest.h>

#include "app/models/payments.h"
#include "app/payments/payment_ledger.h"

namespace {

using namespace shop;
using S = OrderStatus;
using P = PaymentStatus;

TEST(Payments, authorises_what_is_confirmed_captures_what_is_shipped_voids_what_is_cancelled) {
    for (const auto status :
         {S::kPending,
          S::kConfirmed,
          S::kRejected,
          S::kProcessing,
          S::kShipped,
          S::kDelivered,
          S::kCancelled}) {
        for (const auto payment :
             {P::kPending, P::kAuthorised, P::kDeclined, P::kVoided, P::kCaptured}) {
            PaymentStep expected = PaymentStep::kNone;
            if (status == S::kConfirmed && payment == P::kPending) {
                expected = PaymentStep::kAuthorise;
            } else if ((status == S::kShipped || status == S::kDelivered) && payment == P::kAuthorised) {
                expected = PaymentStep::kCapture;
            } else if (status == S::kCancelled && (payment == P::kPending || payment == P::kAuthorised)) {
                expected = PaymentStep::kVoid;
            }
            EXPECT_EQ(next_step(status, payment), expected)
                << to_string(status) << " " << to_string(payment);
        }
    }
}

TEST(Payments, come_from_pending_to_captured_or_voided_and_never_back) {
    EXPECT_TRUE(may_become(S::kConfirmed, P::kPending, P::kAuthorised));
    EXPECT_TRUE(may_become(S::kConfirmed, P::kPending, P::kDeclined));
    EXPECT_TRUE(may_become(S::kShipped, P::kAuthorised, P::kCaptured));
    EXPECT_TRUE(may_become(S::kCancelled, P::kAuthorised, P::kVoided));
    EXPECT_TRUE(may_become(S::kCancelled, P::kPending, P::kVoided));
    EXPECT_FALSE(may_become(S::kCancelled, P::kPending, P::kAuthorised)) << "too late";
    EXPECT_FALSE(may_become(S::kCancelled, P::kVoided, P::kAuthorised));
    EXPECT_FALSE(may_become(S::kConfirmed, P::kDeclined, P::kAuthorised));
    EXPECT_FALSE(may_become(S::kConfirmed, P::kAuthorised, P::kDeclined));
    EXPECT_FALSE(may_become(S::kConfirmed, P::kAuthorised, P::kCaptured)) << "not shipped";
    EXPECT_FALSE(may_become(S::kShipped, P::kCaptured, P::kVoided));
    EXPECT_FALSE(may_become(S::kConfirmed, P::kAuthorised, P::kPending));
}

TEST(Payments, are_the_consumers_business_once_the_order_was_confirmed) {
    const auto by_consumer = [](S from, S to, P payment) {
        return payment_after(from, to, payment, Payments::kByConsumer);
    };
    EXPECT_EQ(by_consumer(S::kPending, S::kConfirmed, P::kPending), P::kPending);
    EXPECT_EQ(by_consumer(S::kProcessing, S::kShipped, P::kAuthorised), P::kAuthorised);
    EXPECT_EQ(by_consumer(S::kConfirmed, S::kCancelled, P::kAuthorised), P::kAuthorised);
    EXPECT_EQ(by_consumer(S::kConfirmed, S::kCancelled, P::kPending), P::kPending);
    EXPECT_EQ(by_consumer(S::kPending, S::kCancelled, P::kPending), P::kVoided);
    EXPECT_EQ(by_consumer(S::kPending, S::kRejected, P::kPending), P::kVoided);
    EXPECT_EQ(
        payment_after(S::kPending, S::kConfirmed, P::kPending, Payments::kAtOnce), P::kAuthorised
    );
}

TEST(PaymentLedger, sets_money_aside_once_however_often_it_is_asked) {
    PaymentLedger ledger;
    EXPECT_EQ(ledger.authorise("a", {100, "USD"}).payment.status, "authorised");
    EXPECT_EQ(ledger.authorise("a", {100, "USD"}).payment.authorisations, 1);
    EXPECT_EQ(ledger.capture("a").payment.status, "captured");
    EXPECT_EQ(ledger.capture("a").payment.captures, 1);
    EXPECT_EQ(ledger.void_authorisation("a").payment.status, "captured") << "too late";
    EXPECT_EQ(ledger.find("a")->requests, 5);
    EXPECT_FALSE(ledger.find("b"));
}

TEST(PaymentLedger, does_not_authorise_what_was_voided_before) {
    PaymentLedger ledger;
    EXPECT_EQ(ledger.void_authorisation("a").payment.status, "voided");
    EXPECT_EQ(ledger.authorise("a", {100, "USD"}).payment.status, "voided");
    EXPECT_EQ(ledger.find("a")->authorisations, 0);
}

TEST(PaymentLedger, goes_wrong_as_its_rules_say) {
    PaymentLedger ledger;
    ledger.replace_rules(
        {{13, "authorise", "decline", -1}, {14, "", "lose_answer", 1}, {15, "capture", "fail", -1}}
    );
    EXPECT_EQ(ledger.authorise("a", {13, "USD"}).payment.status, "declined");
    const auto lost = ledger.authorise("b", {14, "USD"});
    EXPECT_EQ(lost.trouble, "lose_answer");
    EXPECT_EQ(ledger.authorise("b", {14, "USD"}).trouble, "") << "once only";
    EXPECT_EQ(ledger.find("b")->authorisations, 1);
    EXPECT_EQ(ledger.authorise("c", {15, "USD"}).trouble, "");
    EXPECT_EQ(ledger.capture("c").trouble, "fail");
    EXPECT_EQ(ledger.find("c")->status, "authorised");
    EXPECT_EQ(ledger.authorise("d", {12, "USD"}).payment.status, "authorised");
}

}  // namespace
