#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "carafe/message.h"

namespace carafe::processing {

// Copies of records that outlive the client's memory, in one block. One record of librdkafka's pins
// the whole fetch response it came in, so what must wait (for a retry, or for its key's turn) is
// copied and let go.
class OwnedRecords final : private MessageSource {
public:
    explicit OwnedRecords(std::span<const Message> records);
    OwnedRecords(const OwnedRecords&) = delete;
    OwnedRecords& operator=(const OwnedRecords&) = delete;
    ~OwnedRecords() = default;

    [[nodiscard]] std::span<const Message> messages() const { return messages_; }
    // What Message::attempt() says for the records [begin, end).
    void set_attempt(std::size_t begin, std::size_t end, int attempt);
    // What the copies take, all in all.
    [[nodiscard]] std::size_t bytes() const;

private:
    struct Record {
        std::chrono::system_clock::time_point timestamp;
        std::size_t headers_begin = 0;
        std::size_t headers_end = 0;
    };
    class Writer;

    std::chrono::system_clock::time_point timestamp(const void* record) const override;
    std::vector<Header> headers(const void* record) const override;

    std::size_t block_bytes_ = 0;
    std::unique_ptr<char[]> block_;  // NOLINT(*-avoid-c-arrays): bytes, not cleared first
    std::vector<Record> records_;
    std::vector<Header> headers_;
    std::vector<Message> messages_;
};

}  // namespace carafe::processing
