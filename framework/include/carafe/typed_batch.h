#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "carafe/batch.h"
#include "carafe/json.h"

namespace carafe {

// Makes what a handler works with of a record. What it throws says that the record cannot be
// understood, except for TransientError and std::bad_alloc, which pass. Called on processing
// threads, several at once.
template <typename Payload>
using Deserializer = std::function<Payload(const Message& message)>;

// The payload as JSON. Throws JsonError for what is none, and for a tombstone.
Json json_of(const Message& message);

// A deserializer of JSON payloads: `read` makes the payload of the document and may throw
// (JsonError does so by itself). Where tombstones mean something, write a Deserializer yourself.
template <typename Read>
Deserializer<std::invoke_result_t<Read, const Json&>> json_payload(Read read) {
    return [read = std::move(read)](const Message& message) { return read(json_of(message)); };
}

// Calls batch.undecodable() with what `error` says, or throws it again when it says nothing about
// the record.
void mark_undecodable(const Batch& batch, const Message& message, const std::exception_ptr& error);

template <typename Payload>
struct TypedMessage {
    Message message;  // key, offset, headers ...
    Payload payload;
};

// The records of a batch with their payloads decoded, in offset order. Those that cannot be decoded
// are left out and marked: they go to the dead letter topic after one attempt.
template <typename Payload>
class TypedBatch {
public:
    TypedBatch(const Batch& batch, const Deserializer<Payload>& deserialize) : batch_(batch) {
        messages_.reserve(batch.size());
        for (const Message& message : batch) {
            try {
                messages_.push_back({message, deserialize(message)});
            } catch (...) {
                mark_undecodable(batch, message, std::current_exception());
            }
        }
    }

    // See Batch::fail.
    void fail(const TypedMessage<Payload>& message, const std::string& reason) const {
        batch_.fail(message.message, reason);
    }

    [[nodiscard]] auto begin() const { return messages_.begin(); }
    [[nodiscard]] auto end() const { return messages_.end(); }
    [[nodiscard]] std::size_t size() const { return messages_.size(); }
    [[nodiscard]] bool empty() const { return messages_.empty(); }
    [[nodiscard]] const TypedMessage<Payload>& operator[](std::size_t index) const {
        return messages_[index];
    }

private:
    const Batch& batch_;
    std::vector<TypedMessage<Payload>> messages_;
};

}  // namespace carafe
