#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "carafe/message.h"

namespace carafe {

// A record that the handler of a batch marked as failed.
struct MarkedFailure {
    std::int64_t offset = 0;
    std::string reason;
    bool is_undecodable = false;
};

// Records of one partition in offset order, never empty. Lives for one call of Consumer::consume.
class Batch {
public:
    // `marked` takes what fail() says; without it fail() throws std::logic_error.
    explicit Batch(std::span<const Message> messages, std::vector<MarkedFailure>* marked = nullptr)
        : messages_(messages), marked_(marked) {}

    // Says that this one record failed, and goes on with the others: when consume returns, they are
    // done (in exactly_once: the transaction is rolled back and they are done by another call
    // without it), and the record is tried again alone, up to `retry.attempts` calls in all, then
    // dead-lettered. Records of the same key that come later in the batch are not held back. To be
    // called from within consume; `message` is one of this batch.
    void fail(const Message& message, const std::string& reason) const {
        mark(message, reason, false);
    }
    // The same for a record that can never be understood: it is dead-lettered after this attempt.
    void undecodable(const Message& message, const std::string& reason) const {
        mark(message, reason, true);
    }
    // Whether a record was marked so far.
    [[nodiscard]] bool has_failures() const { return marked_ != nullptr && !marked_->empty(); }
    // The same call's view of some of its messages.
    [[nodiscard]] Batch part(std::span<const Message> messages) const {
        return Batch(messages, marked_);
    }

    [[nodiscard]] auto begin() const { return messages_.begin(); }
    [[nodiscard]] auto end() const { return messages_.end(); }
    [[nodiscard]] std::size_t size() const { return messages_.size(); }
    [[nodiscard]] const Message& operator[](std::size_t index) const { return messages_[index]; }
    [[nodiscard]] const Message& front() const { return messages_.front(); }
    [[nodiscard]] const Message& back() const { return messages_.back(); }

private:
    void mark(const Message& message, const std::string& reason, bool is_undecodable) const;

    std::span<const Message> messages_;
    std::vector<MarkedFailure>* marked_;
};

}  // namespace carafe
