#include "app/payments/payment_ledger.h"

namespace shop {

PaymentLedger::Answer PaymentLedger::authorise(const std::string& order_id, const Money& amount) {
    const std::lock_guard lock(mutex_);
    Payment& payment = payment_of(order_id);
    payment.amount = amount;
    std::string trouble = trouble_with("authorise", amount.amount_minor);
    if (payment.status == "none" && trouble != "fail") {
        const bool is_declined = trouble == "decline";
        payment.status = is_declined ? "declined" : "authorised";
        payment.authorisations += is_declined ? 0 : 1;
    }
    return {payment, trouble == "decline" ? "" : trouble};
}

PaymentLedger::Answer PaymentLedger::capture(const std::string& order_id) {
    const std::lock_guard lock(mutex_);
    Payment& payment = payment_of(order_id);
    std::string trouble = trouble_with("capture", payment.amount.amount_minor);
    if (payment.status == "authorised" && trouble != "fail") {
        payment.status = "captured";
        payment.captures += 1;
    }
    return {payment, std::move(trouble)};
}

// Also what was never asked for: an authorisation that is still on its way then comes too late.
PaymentLedger::Answer PaymentLedger::void_authorisation(const std::string& order_id) {
    const std::lock_guard lock(mutex_);
    Payment& payment = payment_of(order_id);
    std::string trouble = trouble_with("void", payment.amount.amount_minor);
    if ((payment.status == "authorised" || payment.status == "none") && trouble != "fail") {
        payment.status = "voided";
    }
    return {payment, std::move(trouble)};
}

std::optional<Payment> PaymentLedger::find(const std::string& order_id) const {
    const std::lock_guard lock(mutex_);
    const auto payment = payments_.find(order_id);
    return payment == payments_.end() ? std::nullopt : std::optional(payment->second);
}

void PaymentLedger::replace_rules(std::vector<SandboxRule> rules) {
    const std::lock_guard lock(mutex_);
    rules_ = std::move(rules);
}

Payment& PaymentLedger::payment_of(const std::string& order_id) {
    const auto [payment, is_new] = payments_.try_emplace(order_id);
    if (is_new) {
        order_ids_.push_back(order_id);
        if (order_ids_.size() > kMostPayments) {
            payments_.erase(order_ids_.front());
            order_ids_.pop_front();
        }
    }
    payment->second.requests += 1;
    return payment->second;
}

std::string PaymentLedger::trouble_with(const char* operation, std::int64_t amount_minor) {
    for (SandboxRule& rule : rules_) {
        const bool applies = rule.times != 0 &&
                             rule.amount_minor.value_or(amount_minor) == amount_minor &&
                             (rule.operation.empty() || rule.operation == operation);
        if (applies) {
            rule.times -= rule.times > 0 ? 1 : 0;
            return rule.does;
        }
    }
    return {};
}

}  // namespace shop
