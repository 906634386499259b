#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/models/order_placement.h"
#include "carafe/http/problem.h"
#include "carafe/http/request.h"

namespace shop {

// The body of POST /orders, read into a draft, and the model's refusals told in the body's terms.
class OrderForm {
public:
    // Throws Problem 400 with a pointer for each mistake.
    explicit OrderForm(const carafe::http::Request& request);

    // Who the order claims to be for.
    [[nodiscard]] const std::optional<std::string>& user_id() const { return user_id_; }
    // From the Idempotency-Key header.
    [[nodiscard]] const std::optional<IdempotencyKey>& key() const { return key_; }
    [[nodiscard]] OrderDraft draft_for(const std::string& user_id) const;

    // 422 with pointers to the items at fault.
    [[nodiscard]] carafe::http::Problem problem(const OrderRefused& refused) const;

private:
    std::optional<std::string> user_id_;
    std::optional<IdempotencyKey> key_;
    OrderDraft draft_;
    std::vector<std::size_t> item_of_line_;  // where in the body a line was first
};

}  // namespace shop
