#pragma once

#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "app/models/order_placement.h"
#include "carafe/batch.h"
#include "carafe/testing/postgres_fixture.h"

namespace shop::specs {

// Records of one partition made by hand, offsets from 0: a batch without a broker.
class Records {
public:
    Records& add(const std::string& type, const std::string& body);
    // Lives as long as this object, until the next add.
    carafe::Batch batch();

private:
    struct Record {
        std::string type;
        std::string body;
    };
    class Source final : public carafe::MessageSource {
    public:
        std::chrono::system_clock::time_point timestamp(const void* record) const override;
        std::vector<carafe::Header> headers(const void* record) const override;
    };

    Source source_;
    std::vector<std::unique_ptr<Record>> records_;
    std::vector<carafe::Message> messages_;
};

// The shop's schema with a customer and an admin, in a schema of its own.
class Shop {
public:
    Shop();

    const std::string customer = "01930000-0000-7000-8000-0000000000a1";
    const std::string admin = "01930000-0000-7000-8000-0000000000a2";

    carafe::testing::PostgresFixture database;

    // A new product with that much stock; returns its id.
    std::string product(int quantity, const std::string& currency = "USD");
    // Places an order of the customer; returns its id.
    std::string place(const std::vector<OrderDraft::Line>& lines);

    // Runs a batch through a consumer, in a transaction of its own.
    template <typename Consumer>
    void consume(Records& records) {
        const auto connection = database.connect();
        pqxx::work tx(*connection);
        Consumer().consume(records.batch(), tx);
        tx.commit();
    }
    void reserve(const std::vector<std::string>& order_ids);

    [[nodiscard]] std::string status(const std::string& order_id) const;
    [[nodiscard]] int stock(const std::string& product_id) const;
    // Whether every product's quantity is the sum of its movements.
    [[nodiscard]] bool movements_add_up() const;
    [[nodiscard]] int count(const std::string& from_where) const;
};

std::string reserve_request(const std::string& order_id);
std::string release_request(const std::string& order_id);
std::string status_change(
    const std::string& order_id, const std::string& status, const std::string& command_id
);

}  // namespace shop::specs
