#include "harness_target.h"

#include <pqxx/pqxx>

#include "carafe/postgres/transactional_consumer.h"
#include "carafe/testing/postgres_fixture.h"
#include "postgres/classifier.h"
#include "postgres/outbox_headers.h"

namespace carafe::testing {

namespace {

class PlainTarget final : public ConsumerHarness::Target {
public:
    explicit PlainTarget(Consumer& consumer) : consumer_(consumer) {}

    std::vector<Record> call(const Batch& batch) override {
        consumer_.consume(batch);
        return {};
    }
    [[nodiscard]] bool takes_effect_in_part() const override { return true; }
    [[nodiscard]] std::vector<processing::Classifier> classifiers() const override { return {}; }

private:
    Consumer& consumer_;
};

class TransactionalTarget final : public ConsumerHarness::Target {
public:
    TransactionalTarget(
        postgres::TransactionalConsumer& consumer, std::unique_ptr<pqxx::connection> connection
    )
        : consumer_(consumer), connection_(std::move(connection)) {}

    std::vector<Record> call(const Batch& batch) override {
        pqxx::work tx(*connection_, "consumer_harness");
        consumer_.consume(batch, tx);
        if (batch.has_failures()) {
            return {};
        }
        std::vector<Record> produced = take_outbox(tx);
        tx.commit();
        return produced;
    }
    [[nodiscard]] bool takes_effect_in_part() const override { return false; }
    [[nodiscard]] std::vector<processing::Classifier> classifiers() const override {
        return {postgres::classify_postgres};
    }

private:
    static std::vector<Record> take_outbox(pqxx::work& tx) {
        std::vector<Record> records;
        const auto rows = tx.exec(
            "WITH taken AS (DELETE FROM outbox RETURNING *)"
            " SELECT topic, key, payload, headers FROM taken ORDER BY id"
        );
        for (const auto& row : rows) {
            Record record;
            record.topic = row[0].as<std::string>();
            record.key = bytes(row[1]);
            record.payload = bytes(row[2]);
            record.headers = postgres::parse_outbox_headers(row[3].as<std::string>());
            records.push_back(std::move(record));
        }
        return records;
    }

    static std::optional<std::string> bytes(const pqxx::field& field) {
        return field.is_null() ? std::nullopt : std::optional(pqxx::binarystring(field).str());
    }

    postgres::TransactionalConsumer& consumer_;
    const std::unique_ptr<pqxx::connection> connection_;
};

}  // namespace

std::unique_ptr<ConsumerHarness::Target> ConsumerHarness::Target::of(Consumer& consumer) {
    return std::make_unique<PlainTarget>(consumer);
}

std::unique_ptr<ConsumerHarness::Target> ConsumerHarness::Target::of(
    postgres::TransactionalConsumer& consumer, const PostgresFixture& database
) {
    return std::make_unique<TransactionalTarget>(consumer, database.connect());
}

}  // namespace carafe::testing
