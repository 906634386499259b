#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "carafe/message.h"

namespace carafe {

// What a consumer may throw, and what the framework then does. Any other exception is a permanent
// failure: it counts an attempt of the records of the call, and after `retry.attempts` calls the
// culprit goes to the dead letter queue.

// This one record of the batch cannot be processed. The framework sets it apart at once: records
// before it are committed, the record itself is retried alone, then dead-lettered.
class MessageError : public std::runtime_error {
public:
    MessageError(const Message& message, const std::string& reason)
        : std::runtime_error(reason), offset_(message.offset()) {}
    [[nodiscard]] std::int64_t offset() const { return offset_; }

private:
    std::int64_t offset_;
};

// This record can never be understood (bad bytes, unknown type or version): one attempt, then the
// dead letter queue, because another attempt would read the same bytes.
class UndecodableError : public MessageError {
public:
    using MessageError::MessageError;
};

// Something outside the record is unavailable (a connection, a service). The partition backs off
// and tries again for as long as it takes: no attempt is counted, nothing is dead-lettered.
class TransientError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// A mistake of the operator: configuration, usage, environment. what() says where and what to do;
// commands print it and exit 2.
class ConfigurationError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace carafe
