#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/models/payments.h"
#include "carafe/consumer.h"
#include "consumers/worker_services.h"

namespace shop {

// Reads order.updated and order.cancelled: authorises what was confirmed, captures what was
// shipped, voids what was cancelled. What a record says only tells it which orders to look at: it
// looks before it asks the gateway and again, under the order's lock, afterwards. So a record that
// comes twice, late or in another order than expected does no harm, and an authorisation that came
// too late is voided.
class PaymentConsumer final : public carafe::Consumer {
public:
    explicit PaymentConsumer(const WorkerServices& services)
        : services_(services), gateway_(services.make_gateway()) {}

    void consume(const carafe::Batch& batch) override;

private:
    // One order of the batch.
    struct Visit {
        const carafe::Message* message = nullptr;
        // It was confirmed: an earlier call, which came to no end, may have authorised it.
        bool may_have_authorised = false;
        bool was_voided = false;
    };
    using Visits = std::map<std::string, Visit>;  // by order id

    // Asks the gateway for what is due, and writes down what it did, up to the first failure. False
    // when nothing is due.
    bool settle(Visits& visits);
    static PaymentStep step_for(const Payable& payable, const Visit& visit);
    PaymentStatus ask_gateway(PaymentStep step, const Payable& payable);
    void record(const std::vector<PaymentOutcome>& outcomes);

    const WorkerServices& services_;
    std::unique_ptr<PaymentGateway> gateway_;
};

}  // namespace shop
