#pragma once

#include <optional>
#include <vector>

#include "carafe/producer.h"
#include "kafka/handles.h"

namespace carafe::kafka {

// The arguments of one rd_kafka_produceva call; views `record`, which must outlive it.
class ProduceArguments {
public:
    ProduceArguments(const Record& record, void* opaque) {
        values_.reserve(kFixed + record.headers.size());
        add(RD_KAFKA_VTYPE_TOPIC).u.cstr = record.topic.c_str();
        add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
        add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = opaque;
        add_bytes(RD_KAFKA_VTYPE_KEY, record.key);
        add_bytes(RD_KAFKA_VTYPE_VALUE, record.payload);
        for (const auto& [name, value] : record.headers) {
            auto& header = add(RD_KAFKA_VTYPE_HEADER).u.header;
            header.name = name.c_str();
            header.val = value.data();
            header.size = static_cast<ssize_t>(value.size());
        }
    }

    [[nodiscard]] ErrorPtr produce(rd_kafka_t* client) const {
        return ErrorPtr(rd_kafka_produceva(client, values_.data(), values_.size()));
    }

private:
    static constexpr std::size_t kFixed = 5;

    rd_kafka_vu_t& add(rd_kafka_vtype_t type) {
        values_.emplace_back();
        values_.back().vtype = type;
        return values_.back();
    }

    void add_bytes(rd_kafka_vtype_t type, const std::optional<std::string>& bytes) {
        if (bytes) {
            auto& mem = add(type).u.mem;
            mem.ptr = const_cast<char*>(bytes->data());  // librdkafka copies it (F_COPY)
            mem.size = bytes->size();
        }
    }

    std::vector<rd_kafka_vu_t> values_;
};

}  // namespace carafe::kafka
