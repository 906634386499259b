#include "app/models/command_outcomes.h"

#include "app/models/database.h"

namespace shop {

namespace {

constexpr Statement kOutcomes{"command_outcomes", R"(
    SELECT command_id, order_id, outcome FROM order_commands WHERE command_id = ANY ($1::uuid[])
)"};

}  // namespace

std::vector<DecidedOrder> decided_orders(
    pqxx::transaction_base& tx, const std::vector<std::string>& command_ids
) {
    SqlArray wanted;
    for (const std::string& id : command_ids) {
        wanted.add(id);
    }
    const pqxx::result outcomes = run(tx, kOutcomes, wanted.text());
    if (outcomes.empty()) {
        return {};
    }
    std::vector<std::string> order_ids;
    for (const auto& row : outcomes) {
        order_ids.emplace_back(row[1].c_str());
    }
    std::map<std::string, Order> orders;
    for (Order& order : Order::find_all(tx, order_ids)) {
        std::string id = order.id;
        orders.emplace(std::move(id), std::move(order));
    }
    std::vector<DecidedOrder> decided;
    for (const auto& row : outcomes) {
        decided.push_back(
            {row[0].c_str(), row[2].as<std::string>() == "refused", orders.at(row[1].c_str())}
        );
    }
    return decided;
}

}  // namespace shop
