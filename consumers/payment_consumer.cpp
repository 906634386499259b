#include "consumers/payment_consumer.h"

#include "app/events/order_command_messages.h"
#include "carafe/errors.h"

namespace shop {

namespace {

// Each round answers a change that was made during the one before. Whoever changes an order more
// often than this sends an event each time, and so is served by the next record.
constexpr int kMostRounds = 5;

}  // namespace

void PaymentConsumer::consume(const carafe::Batch& batch) {
    Visits visits;
    for (const carafe::Message& message : batch) {
        const OrderNews news = read_order_news(message);
        Visit& visit = visits[news.order_id];
        visit.message = visit.message == nullptr ? &message : visit.message;
        visit.may_have_authorised |= news.is_confirmation;
    }
    int round = 0;
    while (round < kMostRounds && settle(visits)) {
        ++round;
    }
}

bool PaymentConsumer::settle(Visits& visits) {
    std::vector<std::string> order_ids;
    for (const auto& [order_id, visit] : visits) {
        order_ids.push_back(order_id);
    }
    const std::vector<Payable> orders =
        services_.database->with([&](auto& tx) { return payments::look(tx, order_ids); });
    std::vector<PaymentOutcome> outcomes;
    for (const Payable& payable : orders) {
        Visit& visit = visits.at(payable.order_id);
        const PaymentStep step = step_for(payable, visit);
        if (step == PaymentStep::kNone) {
            continue;
        }
        try {
            const PaymentStatus reached = ask_gateway(step, payable);
            visit.was_voided |= reached == PaymentStatus::kVoided;
            const std::string traceparent(visit.message->header("traceparent").value_or(""));
            outcomes.push_back({payable.order_id, reached, traceparent});
        } catch (const GatewayTrouble& trouble) {
            record(outcomes);
            throw carafe::MessageError(*visit.message, trouble.what());
        } catch (const GatewayAway&) {
            record(outcomes);
            throw;
        }
    }
    record(outcomes);
    return !outcomes.empty();
}

PaymentStep PaymentConsumer::step_for(const Payable& payable, const Visit& visit) {
    if (visit.was_voided) {
        return PaymentStep::kNone;
    }
    // Voided before the gateway had authorised it: what was authorised since is voided again.
    const bool may_be_late = visit.may_have_authorised &&
                             payable.status == OrderStatus::kCancelled &&
                             payable.payment == PaymentStatus::kVoided;
    return may_be_late ? PaymentStep::kVoid : next_step(payable.status, payable.payment);
}

PaymentStatus PaymentConsumer::ask_gateway(PaymentStep step, const Payable& payable) {
    switch (step) {
        case PaymentStep::kAuthorise:
            return gateway_->authorise({payable.order_id, payable.total}) ==
                           Authorisation::kAuthorised
                       ? PaymentStatus::kAuthorised
                       : PaymentStatus::kDeclined;
        case PaymentStep::kCapture:
            gateway_->capture(payable.order_id);
            return PaymentStatus::kCaptured;
        case PaymentStep::kVoid:
            gateway_->void_authorisation(payable.order_id);
            return PaymentStatus::kVoided;
        case PaymentStep::kNone:
            break;
    }
    return payable.payment;
}

void PaymentConsumer::record(const std::vector<PaymentOutcome>& outcomes) {
    if (outcomes.empty()) {
        return;
    }
    (void)services_.database->transaction([&](auto& tx) {
        payments::record(tx, outcomes);
        return true;
    });
    services_.relay->notify();
}

}  // namespace shop
