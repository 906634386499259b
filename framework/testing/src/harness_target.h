#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carafe/testing/consumer_harness.h"
#include "processing/failure.h"

namespace carafe::testing {

// What a harness calls: a consumer, with a transaction around it or without.
class ConsumerHarness::Target {
public:
    virtual ~Target() = default;

    // What the consumer asked for in its last call.
    struct Asked {
        std::optional<std::chrono::milliseconds> pause{};  // zero: to resume
        std::optional<std::int64_t> seek{};
        std::optional<std::int64_t> consumed{};  // up to this record
    };
    virtual Asked take_asked() = 0;

    // Returns what was produced with it. Throws what the consumer threw; then nothing took effect.
    // `marked` are the records that the handler said had failed.
    virtual std::vector<Record> call(const Batch& batch) = 0;
    // Whether a call of which records were marked took effect for the others.
    [[nodiscard]] virtual bool takes_effect_in_part() const = 0;
    [[nodiscard]] virtual std::vector<processing::Classifier> classifiers() const = 0;

    // Binds the consumer and calls its initialized().
    static std::unique_ptr<Target> of(Consumer& consumer, const std::string& topic);
    static std::unique_ptr<Target> of(
        postgres::TransactionalConsumer& consumer,
        const PostgresFixture& database,
        const std::string& topic
    );
};

}  // namespace carafe::testing
