#include "harness_target.h"

#include <pqxx/pqxx>
#include <stdexcept>
#include <utility>

#include "carafe/postgres/outbox.h"
#include "carafe/postgres/transactional_consumer.h"
#include "carafe/testing/postgres_fixture.h"
#include "postgres/classifier.h"
#include "postgres/outbox_headers.h"

namespace carafe::testing {

namespace {

// What a consumer is given here; without a broker and, but for its transaction, a database.
class Services : public ConsumerServices {
public:
    explicit Services(std::string topic) : topic_(std::move(topic)) {}

    [[nodiscard]] const std::string& group() const override { return group_; }
    [[nodiscard]] const std::string& topic() const override { return topic_; }
    [[nodiscard]] std::int32_t partition() const override { return 0; }
    [[nodiscard]] Producer& producer() override {
        throw std::logic_error("a harness has no producer: give the consumer one of FakeBroker");
    }
    [[nodiscard]] postgres::Pool& database() override {
        throw std::logic_error("a harness has no pool: give the consumer one of its own");
    }
    [[nodiscard]] std::chrono::system_clock::time_point now() const override {
        return std::chrono::system_clock::now();
    }
    void pause(std::chrono::milliseconds time) override { asked.pause = time; }
    void resume() override { asked.pause = std::chrono::milliseconds(0); }
    void seek(std::int64_t offset) override { asked.seek = offset; }
    void mark_as_consumed(const Message& message) override { asked.consumed = message.offset(); }

    ConsumerHarness::Target::Asked asked;

private:
    const std::string group_ = "harness";
    const std::string topic_;
};

class PlainTarget final : public ConsumerHarness::Target, private Services {
public:
    PlainTarget(Consumer& consumer, const std::string& topic)
        : Services(topic), consumer_(consumer) {
        consumer_.bind(*this);
        consumer_.initialized();
    }

    std::vector<Record> call(const Batch& batch) override {
        consumer_.consume(batch);
        return std::exchange(produced_, {});
    }
    void produce(const std::vector<Record>& records) override {
        produced_.insert(produced_.end(), records.begin(), records.end());
    }
    Asked take_asked() override { return std::exchange(asked, Asked{}); }
    [[nodiscard]] bool takes_effect_in_part() const override { return true; }
    [[nodiscard]] std::vector<processing::Classifier> classifiers() const override { return {}; }

private:
    Consumer& consumer_;
    std::vector<Record> produced_;
};

class TransactionalTarget final : public ConsumerHarness::Target, private Services {
public:
    TransactionalTarget(
        postgres::TransactionalConsumer& consumer,
        std::unique_ptr<pqxx::connection> connection,
        const std::string& topic
    )
        : Services(topic), consumer_(consumer), connection_(std::move(connection)) {
        consumer_.bind(*this);
        consumer_.initialized();
    }

    std::vector<Record> call(const Batch& batch) override {
        pqxx::work tx(*connection_, "consumer_harness");
        tx_ = &tx;
        consumer_.consume(batch, tx);
        if (batch.has_failures()) {
            return {};
        }
        std::vector<Record> produced = take_outbox(tx);
        tx.commit();
        return produced;
    }
    void produce(const std::vector<Record>& records) override {
        if (tx_ == nullptr) {
            throw std::logic_error("a harness produces within consume only");
        }
        postgres::enqueue(*tx_, records);
    }
    void mark_as_consumed(const Message& /*message*/) override {
        throw std::logic_error("mark_as_consumed(): not in exactly_once");
    }
    Asked take_asked() override { return std::exchange(asked, Asked{}); }
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
    pqxx::work* tx_ = nullptr;  // of the last call
};

}  // namespace

std::unique_ptr<ConsumerHarness::Target> ConsumerHarness::Target::of(
    Consumer& consumer, const std::string& topic
) {
    return std::make_unique<PlainTarget>(consumer, topic);
}

std::unique_ptr<ConsumerHarness::Target> ConsumerHarness::Target::of(
    postgres::TransactionalConsumer& consumer,
    const PostgresFixture& database,
    const std::string& topic
) {
    return std::make_unique<TransactionalTarget>(consumer, database.connect(), topic);
}

}  // namespace carafe::testing
