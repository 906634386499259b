#pragma once

#include <chrono>
#include <optional>
#include <pqxx/pqxx>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/models/order.h"

namespace shop {

// What a customer asks for. Lines of one product have been merged.
struct OrderDraft {
    struct Line {
        std::string product_id;
        int quantity = 0;
    };
    std::string user_id;
    std::vector<Line> lines;
    std::optional<std::string> shipping_address;  // JSON
    std::optional<std::string> traceparent;
    int orders_per_minute = 0;  // for users without a limit of their own; 0: as many as they like
};

// The client's promise that requests with this key are one and the same.
struct IdempotencyKey {
    std::string key;
    std::string fingerprint;  // of the request's body
};

struct Placement {
    Order order;
    bool replayed = false;  // placed before, under the same idempotency key
};

// The lines that cannot be ordered: unknown or archived products, a second currency.
class OrderRefused : public std::runtime_error {
public:
    struct Problem {
        std::size_t line = 0;  // index into OrderDraft::lines
        std::string message;
    };
    explicit OrderRefused(std::vector<Problem> problems)
        : std::runtime_error("the order cannot be placed"), problems_(std::move(problems)) {}
    [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }

private:
    std::vector<Problem> problems_;
};

// The key was used for another request.
class IdempotencyKeyReused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The first request with this key is still under way.
class IdempotencyKeyInUse : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The user has placed as many orders in a minute as he may.
class TooManyOrders : public std::runtime_error {
public:
    explicit TooManyOrders(std::chrono::seconds wait)
        : std::runtime_error("too many orders in a minute"), wait_(wait) {}
    [[nodiscard]] std::chrono::seconds wait() const { return wait_; }

private:
    std::chrono::seconds wait_;
};

// Places an order in one statement, one round trip: prices it from the catalogue as it is now,
// writes order, items, event, the idempotency key and the outbox rows of order.created and
// STOCK_RESERVE_REQUEST, all or nothing. `tx` should be a nontransaction, so that the statement
// commits itself. Throws one of the four above.
Placement place_order(
    pqxx::transaction_base& tx, const OrderDraft& draft, const std::optional<IdempotencyKey>& key
);

}  // namespace shop
