#pragma once

#include <utility>

#include "carafe/consumer.h"
#include "carafe/typed_batch.h"

namespace carafe {

// An at_least_once consumer of decoded payloads. The deserializer is the route's: it comes with the
// consumer's name, so the same class can be registered for another format under another name.
//
//     struct Greeting { std::string name; };
//     class GreetingConsumer final : public carafe::TypedConsumer<Greeting> {
//     public:
//         using TypedConsumer::TypedConsumer;
//         void handle(const carafe::TypedBatch<Greeting>& batch) override;
//     };
//     consumers.add<GreetingConsumer>("GreetingConsumer", carafe::json_payload(
//         [](const carafe::Json& json) { return Greeting{json.at("name").text()}; }));
template <typename Payload>
class TypedConsumer : public Consumer {
public:
    explicit TypedConsumer(Deserializer<Payload> deserialize)
        : deserialize_(std::move(deserialize)) {}

    // Never empty. For the rest see Consumer::consume.
    virtual void handle(const TypedBatch<Payload>& batch) = 0;

    void consume(const Batch& batch) final {
        const TypedBatch<Payload> typed(batch, deserialize_);
        if (!typed.empty()) {
            handle(typed);
        }
    }

private:
    const Deserializer<Payload> deserialize_;
};

}  // namespace carafe
