#include "kafka/message_view.h"

namespace carafe::kafka {

namespace {

class NativeSource final : public MessageSource {
public:
    std::chrono::system_clock::time_point timestamp(const void* record) const override {
        const auto* message = static_cast<const rd_kafka_message_t*>(record);
        rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        const std::int64_t milliseconds = rd_kafka_message_timestamp(message, &type);
        if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE) {
            return {};
        }
        return std::chrono::system_clock::time_point(std::chrono::milliseconds(milliseconds));
    }

    std::vector<Header> headers(const void* record) const override {
        const auto* message = static_cast<const rd_kafka_message_t*>(record);
        std::vector<Header> all;
        rd_kafka_headers_t* headers = nullptr;
        if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return all;
        }
        all.reserve(rd_kafka_header_cnt(headers));
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t size = 0;
        for (std::size_t index = 0; rd_kafka_header_get_all(headers, index, &name, &value, &size) ==
                                    RD_KAFKA_RESP_ERR_NO_ERROR;
             ++index) {
            all.push_back({name, std::string_view(static_cast<const char*>(value), size)});
        }
        return all;
    }
};

const NativeSource native_source;

std::optional<std::string_view> bytes(const void* data, std::size_t size) {
    if (data == nullptr) {
        return std::nullopt;
    }
    return std::string_view(static_cast<const char*>(data), size);
}

}  // namespace

Message view(const rd_kafka_message_t& message, std::string_view topic) {
    return Message({
        .topic = topic,
        .partition = message.partition,
        .offset = message.offset,
        .key = bytes(message.key, message.key_len),
        .payload = bytes(message.payload, message.len),
        .attempt = 1,
        .source = &native_source,
        .record = &message,
    });
}

}  // namespace carafe::kafka
