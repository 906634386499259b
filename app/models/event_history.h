#pragma once

#include <chrono>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "app/events/happening.h"

namespace shop {

// domain_events as realtime reads it. Events of one order or product come by ascending version,
// others about as they happened.

// Whose events: those of a user's own orders, of the inventory, or all.
struct Readership {
    enum class Kind { kOwnOrders, kInventory, kEverything };
    Kind kind = Kind::kOwnOrders;
    std::optional<std::string> user_id;  // none: a guest
};

// What an audience missed since an event that it has seen.
class EventHistory {
public:
    explicit EventHistory(pqxx::transaction_base& tx) : tx_(tx) {}

    // When it happened; nothing for an event that does not exist or was never told to them.
    [[nodiscard]] std::optional<std::chrono::system_clock::time_point> find(
        const Readership& readers, const std::string& event_id
    ) const;
    // How many happened after it; counts up to `most`.
    [[nodiscard]] int count_after(const Readership& readers, const std::string& event_id, int most)
        const;
    // Those that happened no more than `overlap` before it, or later; the first `most` of them. The
    // event itself is among them.
    [[nodiscard]] std::vector<Happening> around_and_after(
        const Readership& readers,
        const std::string& event_id,
        std::chrono::milliseconds overlap,
        int most
    ) const;

private:
    pqxx::transaction_base& tx_;
};

// A position in the order of transactions: all before it have ended. Text, as xid8 is unsigned.
using TransactionId = std::string;

struct Horizon {
    TransactionId oldest_running;  // or the next one
    TransactionId next;
    std::chrono::milliseconds oldest_unpublished{0};  // how long it has waited in the outbox
};
Horizon horizon(pqxx::transaction_base& tx);

struct Tail {
    std::vector<Happening> events;
    Horizon horizon;     // without oldest_unpublished
    TransactionId next;  // where to go on
};
// The events of the transactions from `from` on that have ended, with all older ones.
Tail tail(pqxx::transaction_base& tx, const TransactionId& from);

}  // namespace shop
