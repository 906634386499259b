#include <gtest/gtest.h>

#include <functional>

#include "app/models/uuid.h"
#include "consumers/inventory_consumer.h"
#include "consumers/order_consumer.h"
#include "consumers/payment_consumer.h"
#include "integration/shop/shop_fixture.h"

namespace {

using namespace shop;
using namespace shop::specs;

// A gateway that does as it is told, and what a spec wants to happen during a call.
class ObedientGateway final : public PaymentGateway {
public:
    Authorisation authorise(const Charge& charge) override {
        calls += "authorise " + std::to_string(charge.amount.amount_minor) + "; ";
        happen();
        return answer;
    }
    void capture(const std::string& /*order_id*/) override {
        calls += "capture; ";
        happen();
    }
    void void_authorisation(const std::string& /*order_id*/) override {
        calls += "void; ";
        happen();
    }

    // What happens may put something else into its place.
    void happen() const {
        const auto happening = during_call;
        happening();
    }

    std::string calls;
    Authorisation answer = Authorisation::kAuthorised;
    std::function<void()> during_call = [] {};
};

// Hands every instance's calls to the one that the spec looks at.
class Handed final : public PaymentGateway {
public:
    explicit Handed(PaymentGateway& gateway) : gateway_(gateway) {}
    Authorisation authorise(const Charge& charge) override { return gateway_.authorise(charge); }
    void capture(const std::string& id) override { gateway_.capture(id); }
    void void_authorisation(const std::string& id) override { gateway_.void_authorisation(id); }

private:
    PaymentGateway& gateway_;
};

class PaymentConsumerSpec : public ::testing::Test {
protected:
    PaymentConsumerSpec() : pool_(shop_.database.settings(), "spec") {
        services_.payments = Payments::kByConsumer;
        services_.database.emplace(pool_);
        services_.relay = &relay_;
        services_.make_gateway = [this] { return std::make_unique<Handed>(gateway_); };
    }

    template <typename Consumer>
    void consume(const std::string& type, const std::string& body) {
        Records records;
        records.add(type, body);
        const auto connection = shop_.database.connect();
        pqxx::work tx(*connection);
        Consumer(services_).consume(records.batch(), tx);
        tx.commit();
    }
    // An order that was confirmed and waits for its payment.
    std::string confirmed() {
        const std::string id = shop_.place({{product_, 2}});
        consume<InventoryConsumer>("STOCK_RESERVE_REQUEST", reserve_request(id));
        return id;
    }
    void become(const std::string& id, const std::string& status) {
        consume<OrderConsumer>("ORDER_STATUS_CHANGE", status_change(id, status, new_uuid()));
    }
    // The PaymentConsumer gets the order's events that were announced so far, all or the last.
    void deliver(const std::string& type, const std::string& id, const std::string& status) {
        Records records;
        records.add(type, R"({"order_id":")" + id + R"(","status":")" + status + R"("})");
        PaymentConsumer(services_).consume(records.batch());
    }
    void deliver_confirmation(const std::string& id) { deliver("order.updated", id, "confirmed"); }

    [[nodiscard]] std::string state(const std::string& id) const {
        return shop_.database.value(
            "SELECT concat_ws(' ', status, payment_status, order_version) FROM orders WHERE id = "
            "'" +
            id + "'"
        );
    }
    // What was announced of the order, in the order of versions, which must have no gaps.
    [[nodiscard]] std::string history(const std::string& id) const {
        return shop_.database.value(
            "SELECT string_agg(concat_ws(' ', version, type, payload->'payment'->>'status'), ', ' "
            "ORDER BY version) FROM domain_events WHERE order_id = '" +
            id + "'"
        );
    }
    [[nodiscard]] std::string commands() const {
        return shop_.database.value(
            "SELECT coalesce(string_agg(convert_from(payload, 'UTF8'), ','), '') FROM outbox WHERE "
            "topic = 'orders'"
        );
    }

    Shop shop_;
    carafe::postgres::Pool pool_;
    carafe::postgres::RelaySignal relay_;
    ObedientGateway gateway_;
    WorkerServices services_;
    std::string product_ = shop_.product(100);
};

TEST_F(PaymentConsumerSpec, authorises_a_confirmed_order_and_announces_it) {
    const std::string id = confirmed();
    EXPECT_EQ(state(id), "confirmed pending 2");
    deliver_confirmation(id);
    EXPECT_EQ(gateway_.calls, "authorise 500; ");
    EXPECT_EQ(state(id), "confirmed authorised 3");
    EXPECT_EQ(history(id), "1 order.created, 2 order.updated pending, 3 order.updated authorised");
    EXPECT_EQ(commands(), "");
}

TEST_F(PaymentConsumerSpec, asks_the_gateway_once_for_records_that_come_again) {
    const std::string id = confirmed();
    Records records;
    for (int i = 0; i < 3; ++i) {
        records.add("order.updated", R"({"order_id":")" + id + R"(","status":"confirmed"})");
    }
    PaymentConsumer(services_).consume(records.batch());
    deliver_confirmation(id);
    EXPECT_EQ(gateway_.calls, "authorise 500; ");
    EXPECT_EQ(state(id), "confirmed authorised 3");
}

TEST_F(PaymentConsumerSpec, captures_what_was_shipped_and_announces_it_as_no_second_shipment) {
    const std::string id = confirmed();
    deliver_confirmation(id);
    become(id, "processing");
    become(id, "shipped");
    EXPECT_EQ(state(id), "shipped authorised 5");
    deliver("order.updated", id, "shipped");
    EXPECT_EQ(gateway_.calls, "authorise 500; capture; ");
    EXPECT_EQ(state(id), "shipped captured 6");
    EXPECT_EQ(shop_.count("outbox WHERE topic = 'order.shipped'"), 1);
}

TEST_F(PaymentConsumerSpec, is_waited_for_before_an_order_is_processed) {
    const std::string id = confirmed();
    become(id, "processing");
    EXPECT_EQ(state(id), "confirmed pending 2") << "refused";
    deliver_confirmation(id);
    become(id, "processing");
    EXPECT_EQ(state(id), "processing authorised 4");
}

TEST_F(PaymentConsumerSpec, voids_what_was_cancelled_and_announces_it_as_an_update) {
    const std::string id = confirmed();
    deliver_confirmation(id);
    become(id, "cancelled");
    EXPECT_EQ(state(id), "cancelled authorised 4");
    deliver("order.cancelled", id, "");
    EXPECT_EQ(gateway_.calls, "authorise 500; void; ");
    EXPECT_EQ(state(id), "cancelled voided 5");
    EXPECT_EQ(
        history(id),
        "1 order.created, 2 order.updated pending, 3 order.updated authorised, "
        "4 order.cancelled authorised, 5 order.updated voided"
    );
}

TEST_F(PaymentConsumerSpec, asks_nobody_about_an_order_that_was_never_confirmed) {
    const std::string id = shop_.place({{product_, 1}});
    become(id, "cancelled");
    deliver("order.cancelled", id, "");
    EXPECT_EQ(gateway_.calls, "");
    EXPECT_EQ(state(id), "cancelled voided 2");
}

TEST_F(PaymentConsumerSpec, cancels_an_order_whose_payment_is_declined_and_says_why) {
    const std::string id = confirmed();
    gateway_.answer = Authorisation::kDeclined;
    deliver_confirmation(id);
    EXPECT_EQ(state(id), "confirmed declined 3");
    EXPECT_NE(
        commands().find(
            R"("new_status":"cancelled","requested_by":"payments","reason":"payment_declined")"
        ),
        std::string::npos
    ) << commands();
    consume<OrderConsumer>("ORDER_STATUS_CHANGE", commands());
    EXPECT_EQ(state(id), "cancelled declined 4");
    EXPECT_EQ(shop_.stock(product_), 100);
    EXPECT_EQ(
        shop_.count("domain_events WHERE type = 'order.cancelled' AND payload->>'reason' = "
                    "'payment_declined'"),
        1
    );
    deliver("order.cancelled", id, "");
    EXPECT_EQ(gateway_.calls, "authorise 500; ") << "nothing to void";
}

TEST_F(PaymentConsumerSpec, voids_an_authorisation_that_comes_after_the_cancellation) {
    const std::string id = confirmed();
    gateway_.during_call = [&] {
        gateway_.during_call = [] {};
        become(id, "cancelled");
    };
    deliver_confirmation(id);
    EXPECT_EQ(gateway_.calls, "authorise 500; void; ");
    EXPECT_EQ(state(id), "cancelled voided 4");
    deliver("order.cancelled", id, "");
    EXPECT_EQ(gateway_.calls, "authorise 500; void; ");
}

TEST_F(PaymentConsumerSpec, voids_again_when_the_cancellation_was_voided_during_the_authorisation) {
    const std::string id = confirmed();
    gateway_.during_call = [&] {
        gateway_.during_call = [] {};
        become(id, "cancelled");
        deliver("order.cancelled", id, "");  // another partition's consumer
    };
    deliver_confirmation(id);
    EXPECT_EQ(gateway_.calls, "authorise 500; void; void; ");
    EXPECT_EQ(state(id), "cancelled voided 4");
}

// The process died after the gateway had authorised and before that was written down; meanwhile the
// order was cancelled, and voided.
TEST_F(PaymentConsumerSpec, voids_what_an_earlier_life_may_have_authorised) {
    const std::string id = confirmed();
    become(id, "cancelled");
    deliver("order.cancelled", id, "");
    gateway_.calls.clear();
    deliver_confirmation(id);
    EXPECT_EQ(gateway_.calls, "void; ");
    EXPECT_EQ(state(id), "cancelled voided 4");
}

TEST_F(PaymentConsumerSpec, names_the_record_the_gateway_fails_on_and_keeps_what_was_done) {
    const std::string first = confirmed();
    const std::string second = confirmed();
    Records records;
    for (const std::string& id : {first, second}) {
        records.add("order.updated", R"({"order_id":")" + id + R"(","status":"confirmed"})");
    }
    int calls = 0;
    gateway_.during_call = [&calls] {
        if (++calls == 2) {
            throw GatewayTrouble("no answer");
        }
    };
    try {
        PaymentConsumer(services_).consume(records.batch());
        FAIL() << "the second order's payment came to nothing";
    } catch (const carafe::MessageError& error) {
        EXPECT_EQ(error.offset(), 1);
    }
    EXPECT_EQ(state(first), "confirmed authorised 3");
    EXPECT_EQ(state(second), "confirmed pending 2");
}

TEST_F(PaymentConsumerSpec, counts_no_attempt_while_the_gateway_is_away) {
    const std::string id = confirmed();
    gateway_.during_call = [] { throw GatewayAway("nobody there"); };
    EXPECT_THROW(deliver_confirmation(id), carafe::TransientError);
    EXPECT_EQ(state(id), "confirmed pending 2");
}

TEST_F(PaymentConsumerSpec, cannot_decode_what_is_no_news_of_an_order) {
    EXPECT_THROW(deliver("order.created", new_uuid(), "pending"), carafe::UndecodableError);
    EXPECT_THROW(deliver("order.updated", "7", "confirmed"), carafe::UndecodableError);
    EXPECT_NO_THROW(deliver("order.updated", new_uuid(), "confirmed"))
        << "no such order: nothing due";
}

}  // namespace
