#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carafe {

// One Kafka record header. The value may hold any bytes; a null value reads as empty.
struct Header {
    std::string_view name;
    std::string_view value;
};

// Where the fields of a Message come from: the Kafka client's memory or an owned copy.
// Implemented by the framework only.
class MessageSource {
public:
    virtual std::chrono::system_clock::time_point timestamp(const void* record) const = 0;
    virtual std::vector<Header> headers(const void* record) const = 0;

protected:
    ~MessageSource() = default;
};

// A view of one Kafka record, handed to Consumer::consume. It owns nothing: every view it returns
// is valid until consume returns, so copy what must live longer. Cheap to copy. Key and payload
// are bytes as produced; nothing has been checked or decoded.
class Message {
public:
    struct Fields {
        std::string_view topic;
        std::int32_t partition = 0;
        std::int64_t offset = 0;
        std::optional<std::string_view> key;
        std::optional<std::string_view> payload;
        int attempt = 1;
        const MessageSource* source = nullptr;  // may be null: no headers, no timestamp
        const void* record = nullptr;           // meaning known to `source` alone
    };

    explicit Message(const Fields& fields) : fields_(fields) {}

    [[nodiscard]] std::string_view topic() const { return fields_.topic; }
    [[nodiscard]] std::int32_t partition() const { return fields_.partition; }
    [[nodiscard]] std::int64_t offset() const { return fields_.offset; }
    [[nodiscard]] std::optional<std::string_view> key() const { return fields_.key; }
    // Empty optional: a tombstone (null value in Kafka), which is not the same as an empty payload.
    [[nodiscard]] std::optional<std::string_view> payload() const { return fields_.payload; }
    // 1 on the first call of the handler with this record, 2 on the first retry, ...
    [[nodiscard]] int attempt() const { return fields_.attempt; }
    // The same view with another attempt(); how the framework says it.
    [[nodiscard]] Message on_attempt(int attempt) const {
        Message same = *this;
        same.fields_.attempt = attempt;
        return same;
    }

    // The record's timestamp (create time or log append time, as the topic is configured); the
    // epoch when the record has none.
    [[nodiscard]] std::chrono::system_clock::time_point timestamp() const;
    // All headers, in the order they were produced.
    [[nodiscard]] std::vector<Header> headers() const;
    // The last header of that name (Kafka allows repeats; the last one wins).
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;

private:
    Fields fields_;
};

}  // namespace carafe
