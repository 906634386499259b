#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "carafe/postgres/pool.h"
#include "carafe/postgres/relay.h"
#include "carafe/testing/fake_broker.h"
#include "carafe/testing/postgres_fixture.h"

namespace carafe::postgres::spec {

inline Record record(const std::string& key, const std::string& payload) {
    return {"orders", key, payload, {{"ce_id", key + "-" + payload}}};
}

// The payloads "0" ... "count - 1".
inline std::vector<std::string> numbers(int count) {
    std::vector<std::string> payloads;
    for (int number = 0; number < count; ++number) {
        payloads.push_back(std::to_string(number));
    }
    return payloads;
}

// Relays with a fake broker and a real database.
class RelayFixture : public ::testing::Test {
protected:
    void write(const std::vector<Record>& records) {
        {
            pqxx::work tx(*writer_);
            enqueue(tx, records);
            tx.commit();
        }
        signal_.notify();
    }

    std::unique_ptr<Relay> relay(RelaySignal& signal, const std::string& owner) {
        auto relay = std::make_unique<Relay>(
            database_.settings(), [this] { return broker_.connect(); }, signal, owner
        );
        relay->start();
        return relay;
    }
    std::unique_ptr<Relay> relay() { return relay(signal_, "one"); }

    int shards_of(const std::string& owner) const {
        return std::stoi(database_.value(
            "SELECT count(*) FROM outbox_shards WHERE leased_until > clock_timestamp() AND owner "
            "LIKE '" +
            owner + "/%'"
        ));
    }
    std::string rows() const { return database_.value("SELECT count(*) FROM outbox"); }

    testing::PostgresFixture database_;
    testing::FakeBroker broker_;
    RelaySignal signal_;
    std::unique_ptr<pqxx::connection> writer_ = database_.connect();
};

}  // namespace carafe::postgres::spec
