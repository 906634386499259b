#include "app/models/order_history.h"

#include <boost/json/parse.hpp>

#include "app/models/database.h"

namespace shop {

namespace {

// Versions have no gaps and no doubles; the id is only there to be sure of one order.
constexpr Statement kHistory{"order_history", R"(
    SELECT event_id, type, version, rfc3339(occurred_at), payload FROM domain_events
    WHERE order_id = $1
      AND ($2::uuid IS NULL OR (version, event_id) > (
          SELECT version, event_id FROM domain_events WHERE event_id = $2::uuid AND order_id = $1))
    ORDER BY version, event_id LIMIT $3
)"};

}  // namespace

std::vector<HistoryEntry> order_history(
    pqxx::transaction_base& tx,
    const std::string& order_id,
    const std::optional<std::string>& after,
    int limit
) {
    std::vector<HistoryEntry> history;
    for (const auto& row : run(tx, kHistory, order_id, nullable(after), limit)) {
        history.push_back(
            {row[0].c_str(),
             row[1].c_str(),
             row[2].as<int>(),
             row[3].c_str(),
             boost::json::parse(row[4].c_str()).as_object()}
        );
    }
    return history;
}

}  // namespace shop
