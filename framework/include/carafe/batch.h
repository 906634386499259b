#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "carafe/message.h"

namespace carafe {

// Records of one partition in offset order, never empty. Lives for one call of Consumer::consume.
class Batch {
public:
    explicit Batch(std::span<const Message> messages) : messages_(messages) {}

    [[nodiscard]] auto begin() const { return messages_.begin(); }
    [[nodiscard]] auto end() const { return messages_.end(); }
    [[nodiscard]] std::size_t size() const { return messages_.size(); }
    [[nodiscard]] const Message& operator[](std::size_t index) const { return messages_[index]; }
    [[nodiscard]] const Message& front() const { return messages_.front(); }
    [[nodiscard]] const Message& back() const { return messages_.back(); }

private:
    std::span<const Message> messages_;
};

}  // namespace carafe
