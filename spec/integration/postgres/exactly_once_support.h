#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "carafe/postgres/pool.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/messages.h"
#include "carafe/testing/postgres_fixture.h"
#include "postgres/exactly_once_delivery.h"
#include "postgres/positions.h"

using carafe::Batch;
using carafe::postgres::ExactlyOnceDelivery;
using carafe::postgres::forget_position;
using carafe::postgres::IdleTransaction;
using carafe::postgres::positions;
using carafe::postgres::set_position;
using carafe::processing::Fenced;
using carafe::testing::eventually;

inline const carafe::processing::PartitionId kPartition{"shop", "orders", 0};

// A delivery whose handler writes the offset of each record to the table `effects`.
class ExactlyOnceSpec : public ::testing::Test {
protected:
    class Consumer final : public carafe::postgres::TransactionalConsumer {
    public:
        explicit Consumer(ExactlyOnceSpec& spec) : spec_(spec) {}
        void consume(const Batch& batch, pqxx::work& tx) override {
            for (const auto& message : batch) {
                tx.exec_params("INSERT INTO effects (record) VALUES ($1)", message.offset());
            }
            if (spec_.after_effects_) {
                spec_.after_effects_(tx);
            }
        }

    private:
        ExactlyOnceSpec& spec_;
    };

    ExactlyOnceSpec() { database_.execute("CREATE TABLE effects (record bigint NOT NULL)"); }

    static carafe::DatabaseSettings impatient(carafe::DatabaseSettings settings) {
        settings.idle_in_transaction_timeout = std::chrono::milliseconds(300);
        settings.pool_timeout = std::chrono::milliseconds(500);
        settings.lock_timeout = std::chrono::milliseconds(200);
        return settings;
    }

    std::unique_ptr<ExactlyOnceDelivery> make_delivery() {
        return std::make_unique<ExactlyOnceDelivery>(
            carafe::postgres::ExactlyOnce{pool_, signal_, "spec"}, kPartition, consumer_
        );
    }

    static void deliver(ExactlyOnceDelivery& delivery, std::int64_t first, int count) {
        const carafe::testing::TestMessages messages(
            "orders",
            std::vector<carafe::testing::TestRecord>(static_cast<std::size_t>(count)),
            first
        );
        delivery.deliver(Batch(messages.all()), first + count);
    }

    static void dead_letter(ExactlyOnceDelivery& delivery, std::int64_t offset) {
        const carafe::testing::TestMessages messages(
            "orders", {{.key = "k", .payload = std::to_string(offset)}}, offset
        );
        delivery.dead_letter(
            {messages.all()[0], "orders.dlq", 3, "shop::UnknownOrder", "no such order", "f00d"},
            offset + 1
        );
    }

    // As the engine does: a lock that is held is waited for.
    static std::int64_t claim_patiently(ExactlyOnceDelivery& delivery) {
        std::int64_t next = -1;
        EXPECT_TRUE(eventually([&] {
            try {
                next = delivery.claim(0);
                return true;
            } catch (const pqxx::sql_error&) {
                return false;
            } catch (const carafe::TransientError&) {
                return false;
            }
        }));
        return next;
    }

    std::string value(const std::string& sql) const { return database_.value(sql); }
    std::string effects() const {
        return value("SELECT string_agg(record::text, ',' ORDER BY record) FROM effects");
    }
    void terminate(int pid) const {
        database_.execute("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 5000)");
    }

    carafe::testing::PostgresFixture database_;
    carafe::postgres::Pool pool_{impatient(database_.settings()), "spec"};
    carafe::postgres::RelaySignal signal_;
    Consumer consumer_{*this};
    std::function<void(pqxx::work&)> after_effects_;
    std::unique_ptr<ExactlyOnceDelivery> delivery_ = make_delivery();
};
