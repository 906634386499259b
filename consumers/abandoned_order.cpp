#include "consumers/abandoned_order.h"

#include <boost/json.hpp>
#include <optional>

#include "app/models/fulfilment_records.h"
#include "app/models/uuid.h"

namespace shop {

namespace {

// The body may be what was wrong with the record; its key is the order's id, too.
std::optional<std::string> order_of(const carafe::DeadLetter& dead_letter) {
    boost::system::error_code error;
    const boost::json::value body = boost::json::parse(dead_letter.payload.value_or(""), error);
    const boost::json::value* id =
        !error && body.is_object() ? body.get_object().if_contains("order_id") : nullptr;
    const std::string text = id != nullptr && id->is_string() ? std::string(id->get_string())
                                                              : dead_letter.key.value_or("");
    return is_uuid(text) ? std::optional(canonical_uuid(text)) : std::nullopt;
}

}  // namespace

void reject_abandoned_order(pqxx::transaction_base& tx, const carafe::DeadLetter& dead_letter) {
    const auto order_id = order_of(dead_letter);
    if (!order_id || dead_letter.header("ce_type") == "STOCK_RELEASE_REQUEST") {
        return;
    }
    OrderCommand command;
    command.kind = OrderCommand::Kind::kAbandon;
    command.order_id = *order_id;
    command.traceparent = dead_letter.header("traceparent").value_or("");
    Fulfilment fulfilment = fulfilment_records::lock(tx, {command});
    if (fulfilment.knows(*order_id)) {
        fulfilment.carry_out(command);
        fulfilment_records::save(tx, fulfilment);
    }
}

}  // namespace shop
