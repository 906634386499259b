#include "app/events/product_events.h"

#include "app/models/uuid.h"
#include "carafe/trace_context.h"

namespace shop {

Event product_event(
    const std::string& type,
    const Product& product,
    const std::string& now,
    const std::string& traceparent
) {
    Event event;
    event.id = new_uuid();
    event.type = type;
    event.key = product.id;
    event.product_id = product.id;
    event.version = product.version;
    event.occurred_at = now;
    event.traceparent = carafe::child_traceparent(traceparent, type);
    event.payload = {
        {"product_id", product.id},
        {"name", product.name},
        {"sku", product.sku},
        {"price",
         {{"amount_minor", product.price.amount_minor}, {"currency", product.price.currency}}},
        {"stock", product.stock},
        {"category", product.category},
        {"version", product.version},
    };
    if (product.archived) {
        event.payload["archived"] = true;
    }
    return event;
}

}  // namespace shop
