#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/models/money.h"

namespace shop {

// What the sandbox knows of a payment.
struct Payment {
    std::string status = "none";  // none, authorised, declined, captured, voided
    Money amount;
    int requests = 0;        // calls about it
    int authorisations = 0;  // how often money was set aside: never more than once
    int captures = 0;
};

// What goes wrong on request. A rule without an amount or operation is about any.
struct SandboxRule {
    std::optional<std::int64_t> amount_minor;
    std::string operation;  // authorise, capture, void
    std::string does;       // decline, timeout, lose_answer, fail
    int times = -1;         // how often; -1: always
};

// The books of the payment sandbox, in memory. Thread-safe.
class PaymentLedger {
public:
    // The oldest payments are forgotten beyond.
    static constexpr std::size_t kMostPayments = 100'000;
    static constexpr std::size_t kMostRules = 100;

    struct Answer {
        Payment payment;
        std::string trouble;  // of the rule that applies: timeout, lose_answer, fail; else empty
    };
    Answer authorise(const std::string& order_id, const Money& amount);
    Answer capture(const std::string& order_id);
    Answer void_authorisation(const std::string& order_id);

    [[nodiscard]] std::optional<Payment> find(const std::string& order_id) const;
    void replace_rules(std::vector<SandboxRule> rules);

private:
    Payment& payment_of(const std::string& order_id);
    // What the first rule that applies does; counts it.
    std::string trouble_with(const char* operation, std::int64_t amount_minor);

    mutable std::mutex mutex_;
    std::unordered_map<std::string, Payment> payments_;
    std::deque<std::string> order_ids_;  // the oldest first
    std::vector<SandboxRule> rules_;
};

}  // namespace shop
