#include "processing/dead_letter_record.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

#include "config/text.h"

namespace carafe::processing {

namespace {

constexpr std::string_view kPrefix = "dlq_";
constexpr std::string_view kRedrives = "dlq_redrives";

std::optional<std::string> copy(const std::optional<std::string_view>& bytes) {
    return bytes ? std::optional<std::string>(*bytes) : std::nullopt;
}

std::string milliseconds_of(std::chrono::system_clock::time_point time) {
    return std::to_string(
        std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count()
    );
}

// Drawn for each death: what a relay publishes twice has it in common, what dies again has not.
std::string new_id() {
    std::random_device random;
    std::string id;
    for (int part = 0; part < 4; ++part) {
        std::array<char, 9> digits{};
        std::snprintf(digits.data(), digits.size(), "%08x", random());
        id += digits.data();
    }
    return id;
}

}  // namespace

Record dead_letter_record(const DeadLetter& dead_letter, const std::string& group) {
    const Message& message = dead_letter.message;
    Record record;
    record.topic = dead_letter.dead_letter_topic;
    record.key = copy(message.key());
    record.payload = copy(message.payload());
    std::string redrives = "0";
    for (const Header& header : message.headers()) {
        if (header.name == kRedrives) {
            redrives = header.value;
        } else if (!header.name.starts_with(kPrefix)) {
            record.headers.emplace_back(header.name, header.value);
        }
    }
    record.headers.emplace_back("dlq_source_topic", message.topic());
    record.headers.emplace_back("dlq_source_partition", std::to_string(message.partition()));
    record.headers.emplace_back("dlq_source_offset", std::to_string(message.offset()));
    record.headers.emplace_back("dlq_source_timestamp", milliseconds_of(message.timestamp()));
    record.headers.emplace_back("dlq_consumer_group", group);
    record.headers.emplace_back("dlq_attempts", std::to_string(dead_letter.attempts));
    record.headers.emplace_back("dlq_error_class", dead_letter.error_class);
    record.headers.emplace_back(
        "dlq_error_message", config::shortened(dead_letter.error_message, kErrorMessageBytesMax)
    );
    record.headers.emplace_back("dlq_fingerprint", dead_letter.fingerprint);
    record.headers.emplace_back(kRedrives, redrives);
    record.headers.emplace_back("dlq_id", new_id());
    return record;
}

}  // namespace carafe::processing
