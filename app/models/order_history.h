#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

namespace shop {

// Something that happened to an order, as it was announced.
struct HistoryEntry {
    std::string id;
    std::string type;  // order.created, order.updated, order.cancelled
    int order_version = 1;
    std::string occurred_at;
    boost::json::object payload;
};

// In the order in which it happened, at most `limit` entries behind the one with the id `after`.
std::vector<HistoryEntry> order_history(
    pqxx::transaction_base& tx,
    const std::string& order_id,
    const std::optional<std::string>& after,
    int limit
);

}  // namespace shop
