#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "carafe/message.h"

namespace carafe::testing {

// A record made by hand, for specs of consumers.
struct TestRecord {
    std::optional<std::string> key{};
    std::optional<std::string> payload{};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::chrono::system_clock::time_point timestamp{};
};

// Records of one partition, as a consumer would see them: offsets count up from `first_offset`.
// The messages are views of this object, which must outlive them and does not move.
class TestMessages final : private MessageSource {
public:
    TestMessages(std::string topic, std::vector<TestRecord> records, std::int64_t first_offset = 0);
    TestMessages(const TestMessages&) = delete;
    TestMessages& operator=(const TestMessages&) = delete;
    ~TestMessages() = default;

    [[nodiscard]] const std::vector<Message>& all() const { return messages_; }

private:
    std::chrono::system_clock::time_point timestamp(const void* record) const override;
    std::vector<Header> headers(const void* record) const override;

    const std::string topic_;
    const std::vector<TestRecord> records_;
    std::vector<Message> messages_;
};

}  // namespace carafe::testing
