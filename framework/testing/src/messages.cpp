#include "carafe/testing/messages.h"

namespace carafe::testing {

TestMessages::TestMessages(
    std::string topic, std::vector<TestRecord> records, std::int64_t first_offset
)
    : topic_(std::move(topic)), records_(std::move(records)) {
    messages_.reserve(records_.size());
    for (const TestRecord& record : records_) {
        messages_.emplace_back(Message::Fields{
            .topic = topic_,
            .partition = 0,
            .offset = first_offset++,
            .key = record.key,
            .payload = record.payload,
            .attempt = 1,
            .source = this,
            .record = &record,
        });
    }
}

std::chrono::system_clock::time_point TestMessages::timestamp(const void* record) const {
    return static_cast<const TestRecord*>(record)->timestamp;
}

std::vector<Header> TestMessages::headers(const void* record) const {
    std::vector<Header> all;
    for (const auto& [name, value] : static_cast<const TestRecord*>(record)->headers) {
        all.push_back({name, value});
    }
    return all;
}

}  // namespace carafe::testing
