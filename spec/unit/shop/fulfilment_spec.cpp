#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "app/models/fulfilment.h"

namespace {

using namespace shop;

LockedOrder order(const std::string& id, std::vector<OrderLine> lines) {
    LockedOrder order;
    order.id = id;
    order.number = "ORD-" + id;
    order.user_id = "ada";
    order.lines = std::move(lines);
    return order;
}

LockedStock stock(const std::string& product_id, int quantity) {
    return {product_id, "SKU-" + product_id, quantity, 7};
}

OrderCommand reserve(const std::string& order_id) {
    OrderCommand command;
    command.order_id = order_id;
    return command;
}

OrderCommand change(const std::string& order_id, OrderStatus status) {
    OrderCommand command;
    command.kind = OrderCommand::Kind::kChangeStatus;
    command.order_id = order_id;
    command.new_status = status;
    return command;
}

TEST(Fulfilment, confirms_an_order_and_takes_its_stock) {
    Fulfilment fulfilment({order("a", {{"glass", 2}})}, {stock("glass", 5)});
    EXPECT_EQ(fulfilment.carry_out(reserve("a")), CommandOutcome::kApplied);

    ASSERT_EQ(fulfilment.transitions().size(), 1U);
    const Transition& transition = fulfilment.transitions()[0];
    EXPECT_EQ(transition.from, OrderStatus::kPending);
    EXPECT_EQ(transition.order.status, OrderStatus::kConfirmed);
    EXPECT_EQ(transition.order.payment, PaymentStatus::kAuthorised);
    EXPECT_EQ(transition.order.version, 2);
    ASSERT_EQ(fulfilment.stock_changes().size(), 1U);
    EXPECT_EQ(fulfilment.stock_changes()[0].stock.quantity, 3);
    EXPECT_EQ(fulfilment.stock_changes()[0].previous_quantity, 5);
    EXPECT_EQ(fulfilment.stock_changes()[0].stock.version, 8);
    ASSERT_EQ(fulfilment.movements().size(), 1U);
    EXPECT_EQ(fulfilment.movements()[0].quantity, -2);
}

TEST(Fulfilment, rejects_with_every_failing_line_and_takes_nothing) {
    Fulfilment fulfilment(
        {order("a", {{"glass", 9}, {"grinder", 1}, {"beans", 3}, {"gone", 1}})},
        {stock("glass", 5), stock("grinder", 5), stock("beans", 2)}
    );
    EXPECT_EQ(fulfilment.carry_out(reserve("a")), CommandOutcome::kApplied);

    const Transition& rejection = fulfilment.transitions().at(0);
    EXPECT_EQ(rejection.order.status, OrderStatus::kRejected);
    ASSERT_EQ(rejection.shortages.size(), 3U);
    EXPECT_EQ(rejection.shortages[0].product_id, "glass");
    EXPECT_EQ(rejection.shortages[0].requested, 9);
    EXPECT_EQ(rejection.shortages[0].available, 5);
    EXPECT_EQ(rejection.shortages[1].product_id, "beans");
    EXPECT_EQ(rejection.shortages[2].product_id, "gone");
    EXPECT_EQ(rejection.shortages[2].available, 0);
    EXPECT_TRUE(fulfilment.stock_changes().empty());
    EXPECT_TRUE(fulfilment.movements().empty());
}

TEST(Fulfilment, takes_stock_once_when_the_request_comes_twice) {
    Fulfilment fulfilment({order("a", {{"glass", 2}})}, {stock("glass", 5)});
    fulfilment.carry_out(reserve("a"));
    EXPECT_EQ(fulfilment.carry_out(reserve("a")), CommandOutcome::kUnchanged);
    EXPECT_EQ(fulfilment.movements().size(), 1U);
    EXPECT_EQ(fulfilment.transitions().size(), 1U);
}

TEST(Fulfilment, serves_orders_in_their_order_until_the_stock_is_gone) {
    Fulfilment fulfilment(
        {order("a", {{"glass", 3}}), order("b", {{"glass", 3}}), order("c", {{"glass", 2}})},
        {stock("glass", 5)}
    );
    for (const char* id : {"a", "b", "c"}) {
        fulfilment.carry_out(reserve(id));
    }
    EXPECT_EQ(fulfilment.transitions()[0].order.status, OrderStatus::kConfirmed);
    EXPECT_EQ(fulfilment.transitions()[1].order.status, OrderStatus::kRejected);
    EXPECT_EQ(fulfilment.transitions()[1].shortages.at(0).available, 2);
    EXPECT_EQ(fulfilment.transitions()[2].order.status, OrderStatus::kConfirmed);
    EXPECT_EQ(fulfilment.stock_changes().at(0).stock.quantity, 0);
}

TEST(Fulfilment, folds_several_commands_of_one_order_into_consecutive_versions) {
    Fulfilment fulfilment({order("a", {{"glass", 2}})}, {stock("glass", 5)});
    fulfilment.carry_out(reserve("a"));
    fulfilment.carry_out(change("a", OrderStatus::kProcessing));
    fulfilment.carry_out(change("a", OrderStatus::kCancelled));

    std::vector<int> versions;
    for (const Transition& transition : fulfilment.transitions()) {
        versions.push_back(transition.order.version);
    }
    EXPECT_EQ(versions, (std::vector{2, 3, 4}));
    ASSERT_EQ(fulfilment.last_transitions().size(), 1U);
    EXPECT_EQ(fulfilment.last_transitions()[0]->order.status, OrderStatus::kCancelled);
    EXPECT_TRUE(fulfilment.last_transitions()[0]->restocked);
    EXPECT_EQ(fulfilment.movements().size(), 2U);
    EXPECT_TRUE(fulfilment.stock_changes().empty()) << "taken and given back: no change to tell of";
}

TEST(Fulfilment, gives_stock_back_only_if_it_was_taken) {
    Fulfilment fulfilment({order("a", {{"glass", 2}})}, {stock("glass", 5)});
    fulfilment.carry_out(change("a", OrderStatus::kCancelled));
    EXPECT_FALSE(fulfilment.transitions().at(0).restocked);
    EXPECT_EQ(fulfilment.carry_out(reserve("a")), CommandOutcome::kUnchanged);
    EXPECT_TRUE(fulfilment.movements().empty());
}

TEST(Fulfilment, refuses_what_only_the_system_may_set) {
    Fulfilment fulfilment({order("a", {{"glass", 2}})}, {stock("glass", 5)});
    EXPECT_EQ(fulfilment.carry_out(change("a", OrderStatus::kConfirmed)), CommandOutcome::kRefused);
    EXPECT_EQ(fulfilment.carry_out(change("a", OrderStatus::kRejected)), CommandOutcome::kRefused);
    EXPECT_EQ(fulfilment.carry_out(change("a", OrderStatus::kPending)), CommandOutcome::kUnchanged);
    EXPECT_TRUE(fulfilment.transitions().empty());
}

struct Scene {
    std::vector<LockedOrder> orders;
    std::vector<LockedStock> shelves;
    std::map<std::string, int> initial;  // quantity by product
};

Scene any_scene() {
    Scene scene;
    const auto product_count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < product_count; ++i) {
        scene.shelves.push_back(stock(std::to_string(i), *rc::gen::inRange(0, 20)));
        scene.initial[std::to_string(i)] = scene.shelves.back().quantity;
    }
    const auto order_count = *rc::gen::inRange(1, 8);
    for (int i = 0; i < order_count; ++i) {
        std::vector<OrderLine> lines;
        for (int product = 0; product < product_count; ++product) {
            if (const int quantity = *rc::gen::inRange(0, 9)) {
                lines.push_back({std::to_string(product), quantity});
            }
        }
        scene.orders.push_back(order(std::to_string(i), lines));
    }
    return scene;
}

Fulfilment after_any_commands(const Scene& scene) {
    Fulfilment fulfilment(scene.orders, scene.shelves);
    const int order_count = static_cast<int>(scene.orders.size());
    for (int i = *rc::gen::inRange(0, 60); i > 0; --i) {
        const std::string id = std::to_string(*rc::gen::inRange(0, order_count));
        const int status = *rc::gen::inRange(-2, 7);
        fulfilment.carry_out(
            status < 0 ? reserve(id) : change(id, static_cast<OrderStatus>(status))
        );
    }
    return fulfilment;
}

std::map<std::string, int> final_stock(const Scene& scene, const Fulfilment& fulfilment) {
    std::map<std::string, int> quantities = scene.initial;
    for (const StockChange& change : fulfilment.stock_changes()) {
        quantities[change.stock.product_id] = change.stock.quantity;
    }
    return quantities;
}

RC_GTEST_PROP(Fulfilment, never_oversells_and_accounts_for_every_piece, ()) {
    const Scene scene = any_scene();
    const Fulfilment fulfilment = after_any_commands(scene);
    std::map<std::string, int> expected = scene.initial;
    std::set<std::tuple<std::string, std::string, bool>> seen;
    for (const Movement& movement : fulfilment.movements()) {
        expected[movement.product_id] += movement.quantity;
        RC_ASSERT(expected[movement.product_id] >= 0);
        const bool is_reserve = movement.quantity < 0;
        const auto once = seen.insert({movement.order_id, movement.product_id, is_reserve});
        RC_ASSERT(once.second);
    }
    RC_ASSERT(final_stock(scene, fulfilment) == expected);
}

RC_GTEST_PROP(Fulfilment, changes_orders_by_legal_steps_without_gaps_in_versions, ()) {
    const Fulfilment fulfilment = after_any_commands(any_scene());
    std::map<std::string, int> versions;
    for (const Transition& transition : fulfilment.transitions()) {
        int& version = versions.try_emplace(transition.order.id, 1).first->second;
        RC_ASSERT(transition.order.version == ++version);
        RC_ASSERT(can_become(transition.from, transition.order.status));
    }
}

RC_GTEST_PROP(Fulfilment, what_orders_hold_is_what_is_missing_from_the_shelves, ()) {
    const Scene scene = any_scene();
    const Fulfilment fulfilment = after_any_commands(scene);
    std::map<std::string, int> total = final_stock(scene, fulfilment);
    const std::set<OrderStatus> served{
        OrderStatus::kConfirmed,
        OrderStatus::kProcessing,
        OrderStatus::kShipped,
        OrderStatus::kDelivered};
    for (const Transition* last : fulfilment.last_transitions()) {
        for (const OrderLine& line : last->order.lines) {
            total[line.product_id] += served.count(last->order.status) == 1 ? line.quantity : 0;
        }
    }
    RC_ASSERT(total == scene.initial);
}

}  // namespace
