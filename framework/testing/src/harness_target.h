#pragma once

#include <memory>
#include <string>
#include <vector>

#include "carafe/testing/consumer_harness.h"
#include "processing/failure.h"

namespace carafe::testing {

// What a harness calls: a consumer, with a transaction around it or without.
class ConsumerHarness::Target {
public:
    virtual ~Target() = default;

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
