#include "processing/owned_records.h"

namespace carafe::processing {

namespace {

std::optional<std::string> copy(const std::optional<std::string_view>& bytes) {
    return bytes ? std::optional<std::string>(*bytes) : std::nullopt;
}

}  // namespace

OwnedRecords::OwnedRecords(std::span<const Message> records) {
    records_.reserve(records.size());
    messages_.reserve(records.size());
    for (const Message& message : records) {
        Record& record = records_.emplace_back();
        record.topic = message.topic();
        record.key = copy(message.key());
        record.payload = copy(message.payload());
        record.timestamp = message.timestamp();
        for (const Header& header : message.headers()) {
            record.headers.emplace_back(header.name, header.value);
        }
        messages_.push_back(view(record, message, message.attempt()));
    }
}

Message OwnedRecords::view(const Record& record, const Message& original, int attempt) const {
    return Message({
        .topic = record.topic,
        .partition = original.partition(),
        .offset = original.offset(),
        .key = record.key,
        .payload = record.payload,
        .attempt = attempt,
        .source = this,
        .record = &record,
    });
}

void OwnedRecords::set_attempt(std::size_t begin, std::size_t end, int attempt) {
    for (std::size_t index = begin; index < end; ++index) {
        messages_[index] = view(records_[index], messages_[index], attempt);
    }
}

std::chrono::system_clock::time_point OwnedRecords::timestamp(const void* record) const {
    return static_cast<const Record*>(record)->timestamp;
}

std::vector<Header> OwnedRecords::headers(const void* record) const {
    std::vector<Header> all;
    for (const auto& [name, value] : static_cast<const Record*>(record)->headers) {
        all.push_back({name, value});
    }
    return all;
}

}  // namespace carafe::processing
