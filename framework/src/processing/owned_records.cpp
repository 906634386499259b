#include "processing/owned_records.h"

#include <cstring>

namespace carafe::processing {

namespace {

std::size_t size_of(const std::optional<std::string_view>& bytes) {
    return bytes ? bytes->size() : 0;
}

}  // namespace

// Puts bytes one after the other into a block that is large enough.
class OwnedRecords::Writer {
public:
    explicit Writer(char* block) : at_(block) {}

    std::string_view copy(std::string_view bytes) {
        if (!bytes.empty()) {
            std::memcpy(at_, bytes.data(), bytes.size());
        }
        const std::string_view copied(at_, bytes.size());
        at_ += bytes.size();
        return copied;
    }
    std::optional<std::string_view> copy(const std::optional<std::string_view>& bytes) {
        return bytes ? std::optional(copy(*bytes)) : std::nullopt;
    }

private:
    char* at_;
};

OwnedRecords::OwnedRecords(std::span<const Message> records) {
    records_.reserve(records.size());
    messages_.reserve(records.size());
    std::string_view topic;
    for (const Message& message : records) {
        topic = message.topic();  // one partition's, so the same for all
        block_bytes_ += size_of(message.key()) + size_of(message.payload());
        Record& record = records_.emplace_back();
        record.timestamp = message.timestamp();
        record.headers_begin = headers_.size();
        for (const Header& header : message.headers()) {
            headers_.push_back(header);
            block_bytes_ += header.name.size() + header.value.size();
        }
        record.headers_end = headers_.size();
    }
    block_bytes_ += topic.size();
    block_.reset(new char[block_bytes_]);
    Writer writer(block_.get());
    topic = writer.copy(topic);
    for (Header& header : headers_) {
        header = {writer.copy(header.name), writer.copy(header.value)};
    }
    for (std::size_t index = 0; index < records.size(); ++index) {
        const Message& original = records[index];
        messages_.emplace_back(Message::Fields{
            .topic = topic,
            .partition = original.partition(),
            .offset = original.offset(),
            .key = writer.copy(original.key()),
            .payload = writer.copy(original.payload()),
            .attempt = original.attempt(),
            .source = this,
            .record = &records_[index],
        });
    }
}

void OwnedRecords::set_attempt(std::size_t begin, std::size_t end, int attempt) {
    for (std::size_t index = begin; index < end; ++index) {
        messages_[index] = messages_[index].on_attempt(attempt);
    }
}

std::size_t OwnedRecords::bytes() const {
    return block_bytes_ + records_.capacity() * sizeof(Record) +
           headers_.capacity() * sizeof(Header) + messages_.capacity() * sizeof(Message);
}

std::chrono::system_clock::time_point OwnedRecords::timestamp(const void* record) const {
    return static_cast<const Record*>(record)->timestamp;
}

std::vector<Header> OwnedRecords::headers(const void* record) const {
    const auto* known = static_cast<const Record*>(record);
    return {
        headers_.begin() + static_cast<std::ptrdiff_t>(known->headers_begin),
        headers_.begin() + static_cast<std::ptrdiff_t>(known->headers_end)};
}

}  // namespace carafe::processing
