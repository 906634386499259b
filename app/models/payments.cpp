#include "app/models/payments.h"

#include <map>

#include "app/events/order_command_messages.h"
#include "app/events/order_events.h"
#include "app/models/clock.h"
#include "app/models/database.h"
#include "app/models/domain_event.h"
#include "app/models/fulfilment_records.h"
#include "app/models/uuid.h"
#include "carafe/postgres/outbox.h"
#include "carafe/trace_context.h"

namespace shop {

namespace {

using Status = OrderStatus;
using Pay = PaymentStatus;

constexpr Statement kLook{"look_at_payments", R"(
    SELECT id, status, payment_status, total_minor, currency
    FROM orders WHERE id = ANY ($1::uuid[]) ORDER BY id
)"};

constexpr Statement kLock{"lock_orders_for_payment", R"(
    SELECT id, order_number, user_id, status, payment_status, order_version
    FROM orders WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
)"};

constexpr Statement kUpdate{"update_payments", R"(
    UPDATE orders
    SET payment_status = change.payment_status, order_version = change.version, updated_at = $4
    FROM unnest($1::uuid[], $2::text[], $3::int[]) AS change (id, payment_status, version)
    WHERE orders.id = change.id
)"};

std::string ids_of(const std::vector<PaymentOutcome>& outcomes) {
    SqlArray ids;
    for (const PaymentOutcome& outcome : outcomes) {
        ids.add(outcome.order_id);
    }
    return ids.text();
}

// The changes that may be made, of the orders as they are under their locks.
std::vector<Transition> changes(
    pqxx::transaction_base& tx, const std::vector<PaymentOutcome>& outcomes
) {
    std::map<std::string, const PaymentOutcome*> by_order;
    for (const PaymentOutcome& outcome : outcomes) {
        by_order[outcome.order_id] = &outcome;
    }
    std::vector<Transition> changes;
    for (const auto& row : run(tx, kLock, ids_of(outcomes))) {
        LockedOrder order = fulfilment_records::locked_order(row);
        const PaymentOutcome& outcome = *by_order.at(order.id);
        if (may_become(order.status, order.payment, outcome.reached)) {
            order.payment = outcome.reached;
            order.version += 1;
            Transition change;
            change.from = order.status;
            change.order = std::move(order);
            change.traceparent = outcome.traceparent;
            changes.push_back(std::move(change));
        }
    }
    return changes;
}

void update(
    pqxx::transaction_base& tx, const std::vector<Transition>& changes, const std::string& now
) {
    SqlArray ids, payments, versions;
    for (const Transition& change : changes) {
        ids.add(change.order.id);
        payments.add(to_string(change.order.payment));
        versions.add(change.order.version);
    }
    run(tx, kUpdate, ids.text(), payments.text(), versions.text(), now);
}

// An order whose payment was declined is cancelled as any other, by a command.
std::vector<carafe::Record> cancellations(const std::vector<Transition>& changes) {
    std::vector<carafe::Record> records;
    for (const Transition& change : changes) {
        if (change.order.payment == Pay::kDeclined && change.order.status != Status::kCancelled) {
            OrderCommand command;
            command.kind = OrderCommand::Kind::kChangeStatus;
            command.id = new_uuid();
            command.order_id = change.order.id;
            command.new_status = Status::kCancelled;
            command.reason = "payment_declined";
            command.traceparent =
                carafe::child_traceparent(change.traceparent, "ORDER_STATUS_CHANGE");
            records.push_back(order_status_change(command, "payments"));
        }
    }
    return records;
}

}  // namespace

PaymentStep next_step(OrderStatus status, PaymentStatus payment) {
    if (status == Status::kConfirmed && payment == Pay::kPending) {
        return PaymentStep::kAuthorise;
    }
    if ((status == Status::kShipped || status == Status::kDelivered) &&
        payment == Pay::kAuthorised) {
        return PaymentStep::kCapture;
    }
    if (status == Status::kCancelled && (payment == Pay::kPending || payment == Pay::kAuthorised)) {
        return PaymentStep::kVoid;
    }
    return PaymentStep::kNone;
}

bool may_become(OrderStatus status, PaymentStatus payment, PaymentStatus reached) {
    const PaymentStep step = next_step(status, payment);
    switch (reached) {
        case Pay::kAuthorised:
            return step == PaymentStep::kAuthorise;
        case Pay::kDeclined:
            return payment == Pay::kPending &&
                   (step == PaymentStep::kAuthorise || step == PaymentStep::kVoid);
        case Pay::kCaptured:
            return step == PaymentStep::kCapture;
        case Pay::kVoided:
            return step == PaymentStep::kVoid;
        case Pay::kPending:
            return false;
    }
    return false;
}

std::vector<Payable> payments::look(
    pqxx::transaction_base& tx, const std::vector<std::string>& order_ids
) {
    SqlArray ids;
    for (const std::string& id : order_ids) {
        ids.add(id);
    }
    std::vector<Payable> orders;
    for (const auto& row : run(tx, kLook, ids.text())) {
        orders.push_back(
            {row[0].c_str(),
             parse_order_status(row[1].c_str()).value(),
             parse_payment_status(row[2].c_str()).value(),
             {row[3].as<std::int64_t>(), row[4].c_str()}}
        );
    }
    return orders;
}

void payments::record(pqxx::transaction_base& tx, const std::vector<PaymentOutcome>& outcomes) {
    const std::vector<Transition> made = changes(tx, outcomes);
    if (made.empty()) {
        return;
    }
    const std::string now = now_rfc3339();
    update(tx, made, now);
    std::vector<Event> events;
    events.reserve(made.size());
    for (const Transition& change : made) {
        events.push_back(order_changed(change, now));
    }
    publish(tx, events);
    carafe::postgres::enqueue(tx, cancellations(made));
}

}  // namespace shop
