#include "app/payments/payment_sandbox.h"

#include <boost/json.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>

#include "carafe/http/problem.h"

namespace shop {

namespace {

namespace json = boost::json;
using carafe::http::Deferred;
using carafe::http::Problem;
using carafe::http::Request;
using carafe::http::Response;

// Answers that come too late for any client: a Deferred that dies is answered with 504, so they are
// held here for a while, the last hundred at most.
class LateAnswers {
public:
    Response add(const Request& request) {
        auto deferred = request.defer();
        if (!deferred) {
            throw Problem(503, "Too many answers are late already.");
        }
        const std::lock_guard lock(mutex_);
        held_.push_back(std::move(deferred));
        if (held_.size() > kMost) {
            held_.pop_front();
        }
        return Response::deferred();
    }

private:
    static constexpr std::size_t kMost = 100;
    std::mutex mutex_;
    std::deque<std::shared_ptr<Deferred>> held_;
};

json::object read_body(const Request& request) {
    boost::system::error_code error;
    const json::value body = json::parse(request.body, error);
    if (error || !body.is_object()) {
        throw Problem(400, "The body must be a JSON object.");
    }
    return body.get_object();
}

Money read_amount(const Request& request) {
    const json::object body = read_body(request);
    const json::value* amount = body.if_contains("amount_minor");
    const json::value* currency = body.if_contains("currency");
    if (amount == nullptr || !amount->is_int64() || currency == nullptr || !currency->is_string()) {
        throw Problem(400, "An authorisation names amount_minor and currency.");
    }
    return {amount->get_int64(), std::string(currency->get_string())};
}

SandboxRule read_rule(const json::value& value) {
    SandboxRule rule;
    const json::object& fields = value.as_object();
    if (const json::value* amount = fields.if_contains("amount_minor")) {
        rule.amount_minor = amount->as_int64();
    }
    if (const json::value* operation = fields.if_contains("operation")) {
        rule.operation = std::string(operation->as_string());
    }
    if (const json::value* times = fields.if_contains("times")) {
        rule.times = json::value_to<int>(*times);
    }
    rule.does = std::string(fields.at("does").as_string());
    for (const char* known : {"decline", "timeout", "lose_answer", "fail"}) {
        if (rule.does == known) {
            return rule;
        }
    }
    throw std::invalid_argument("unknown rule");
}

std::vector<SandboxRule> read_rules(const Request& request) {
    const json::object body = read_body(request);
    std::vector<SandboxRule> rules;
    try {
        for (const json::value& each : body.at("rules").as_array()) {
            rules.push_back(read_rule(each));
        }
    } catch (const std::exception&) {
        throw Problem(400, "Rules look like {amount_minor?, operation?, does, times?}.");
    }
    if (rules.size() > PaymentLedger::kMostRules) {
        throw Problem(400, "That is too many rules.");
    }
    return rules;
}

Response payment_response(const std::string& order_id, const Payment& payment) {
    const json::object body{
        {"order_id", order_id},
        {"status", payment.status},
        {"amount_minor", payment.amount.amount_minor},
        {"currency", payment.amount.currency},
        {"requests", payment.requests},
        {"authorisations", payment.authorisations},
        {"captures", payment.captures},
    };
    return Response::json(200, json::serialize(body));
}

}  // namespace

void payment_sandbox(carafe::http::Router& router, PaymentLedger& ledger) {
    const auto late = std::make_shared<LateAnswers>();
    const auto respond = [late](const Request& request, const PaymentLedger::Answer& answer) {
        if (answer.trouble == "timeout") {
            return late->add(request);
        }
        if (answer.trouble == "lose_answer") {
            throw Problem(503, "The answer was lost, as a rule asks.");
        }
        if (answer.trouble == "fail") {
            throw Problem(500, "It failed, as a rule asks.");
        }
        return payment_response(std::string(request.param("order_id")), answer.payment);
    };
    const auto id = [](const Request& request) { return std::string(request.param("order_id")); };
    router.post("/payments/:order_id/authorise", [=, &ledger](const Request& request) {
        return respond(request, ledger.authorise(id(request), read_amount(request)));
    });
    router.post("/payments/:order_id/capture", [=, &ledger](const Request& request) {
        return respond(request, ledger.capture(id(request)));
    });
    router.post("/payments/:order_id/void", [=, &ledger](const Request& request) {
        return respond(request, ledger.void_authorisation(id(request)));
    });
    router.get("/payments/:order_id", [=, &ledger](const Request& request) {
        const auto payment = ledger.find(id(request));
        if (!payment) {
            throw Problem(404, "There is no such payment.");
        }
        return payment_response(id(request), *payment);
    });
    router.put("/rules", [&ledger](const Request& request) {
        ledger.replace_rules(read_rules(request));
        return Response::no_content();
    });
    router.get("/health", [](const Request& /*request*/) { return Response::json(200, "{}"); });
}

}  // namespace shop
