#include "integration/shop/shop_fixture.h"

#include "app/models/uuid.h"
#include "consumers/inventory_consumer.h"

namespace shop::specs {

Records& Records::add(const std::string& type, const std::string& body) {
    records_.push_back(std::make_unique<Record>(Record{type, body}));
    return *this;
}

carafe::Batch Records::batch() {
    messages_.clear();
    for (const auto& record : records_) {
        carafe::Message::Fields fields;
        fields.topic = "spec";
        fields.offset = static_cast<std::int64_t>(messages_.size());
        fields.payload = record->body;
        fields.source = &source_;
        fields.record = record.get();
        messages_.emplace_back(fields);
    }
    return carafe::Batch(messages_);
}

std::chrono::system_clock::time_point Records::Source::timestamp(const void* /*record*/) const {
    return {};
}

std::vector<carafe::Header> Records::Source::headers(const void* record) const {
    const std::string& type = static_cast<const Record*>(record)->type;
    return type.empty() ? std::vector<carafe::Header>{}
                        : std::vector<carafe::Header>{{"ce_type", type}};
}

Shop::Shop() : database("db/migrate") {
    database.execute(
        "INSERT INTO users (id, email, name, role, password_hash) VALUES ('" + customer +
        "', 'ada@example.com', 'Ada', 'user', 'x'), ('" + admin +
        "', 'admin@example.com', 'Grace', 'admin', 'x')"
    );
}

std::string Shop::product(int quantity, const std::string& currency) {
    const std::string id = new_uuid();
    const std::string amount = std::to_string(quantity);
    database.execute(
        "INSERT INTO products (id, sku, name, price_minor, currency) VALUES ('" + id + "', 'SKU-" +
        id + "', 'Thing', 250, '" + currency + "');" +
        "INSERT INTO stock (product_id, quantity) VALUES ('" + id + "', " + amount + ");" +
        "INSERT INTO stock_movements (id, product_id, kind, quantity, at) VALUES ('" + new_uuid() +
        "', '" + id + "', 'adjust', " + amount + ", now())"
    );
    return id;
}

std::string Shop::place(const std::vector<OrderDraft::Line>& lines) {
    const auto connection = database.connect();
    pqxx::nontransaction tx(*connection);
    OrderDraft draft;
    draft.user_id = customer;
    draft.lines = lines;
    return place_order(tx, draft, std::nullopt).order.id;
}

void Shop::reserve(const std::vector<std::string>& order_ids) {
    Records records;
    for (const std::string& id : order_ids) {
        records.add("STOCK_RESERVE_REQUEST", reserve_request(id));
    }
    consume<InventoryConsumer>(records);
}

std::string Shop::status(const std::string& order_id) const {
    return database.value("SELECT status FROM orders WHERE id = '" + order_id + "'");
}

int Shop::stock(const std::string& product_id) const {
    return std::stoi(
        database.value("SELECT quantity FROM stock WHERE product_id = '" + product_id + "'")
    );
}

bool Shop::movements_add_up() const {
    return count(
               "stock WHERE quantity <> (SELECT coalesce(sum(m.quantity), 0) FROM stock_movements "
               "m "
               "WHERE m.product_id = stock.product_id)"
           ) == 0;
}

int Shop::count(const std::string& from_where) const {
    return std::stoi(database.value("SELECT count(*) FROM " + from_where));
}

std::string reserve_request(const std::string& order_id) {
    return R"({"order_id":")" + order_id + R"("})";
}

std::string release_request(const std::string& order_id) {
    return R"({"order_id":")" + order_id + R"(","reason":"warehouse"})";
}

std::string status_change(
    const std::string& order_id, const std::string& status, const std::string& command_id
) {
    return R"({"command_id":")" + command_id + R"(","order_id":")" + order_id +
           R"(","new_status":")" + status + R"(","requested_by":"spec"})";
}

}  // namespace shop::specs
