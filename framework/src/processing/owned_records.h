#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "carafe/message.h"

namespace carafe::processing {

// Copies of records that outlive the client's memory. One record of librdkafka's pins the whole
// fetch response it came in, so what must wait (for a retry) is copied and let go.
class OwnedRecords final : private MessageSource {
public:
    explicit OwnedRecords(std::span<const Message> records);
    OwnedRecords(const OwnedRecords&) = delete;
    OwnedRecords& operator=(const OwnedRecords&) = delete;
    ~OwnedRecords() = default;

    [[nodiscard]] std::span<const Message> messages() const { return messages_; }
    // What Message::attempt() says for the records [begin, end).
    void set_attempt(std::size_t begin, std::size_t end, int attempt);

private:
    struct Record {
        std::string topic;
        std::optional<std::string> key;
        std::optional<std::string> payload;
        std::chrono::system_clock::time_point timestamp;
        std::vector<std::pair<std::string, std::string>> headers;
    };

    std::chrono::system_clock::time_point timestamp(const void* record) const override;
    std::vector<Header> headers(const void* record) const override;
    [[nodiscard]] Message view(const Record& record, const Message& original, int attempt) const;

    std::vector<Record> records_;
    std::vector<Message> messages_;
};

}  // namespace carafe::processing
