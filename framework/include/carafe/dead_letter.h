#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carafe/message.h"
#include "carafe/producer.h"
#include "carafe/settings.h"

namespace carafe {

// Where a dead letter lies: `<dlq topic>/<partition>/<offset>`.
struct DeadLetterId {
    std::string topic;
    std::int32_t partition = 0;
    std::int64_t offset = 0;

    [[nodiscard]] std::string text() const;
    auto operator<=>(const DeadLetterId&) const = default;  // NOLINT(modernize-use-nullptr)
};

// Throws ConfigurationError for anything else.
DeadLetterId parse_dead_letter_id(const std::string& text);

// A record of a dead letter topic, owned, with what its dlq_* headers say.
struct DeadLetter {
    struct Origin {
        std::string topic;
        std::int32_t partition = 0;
        std::int64_t offset = 0;
        std::int64_t timestamp_ms = 0;
        std::string group;
        int attempts = 0;
        std::string error_class;
        std::string error_message;
        std::string fingerprint;
        int redrives = 0;
    };

    DeadLetterId id;
    std::chrono::system_clock::time_point at;
    std::optional<std::string> key;
    std::optional<std::string> payload;
    std::vector<std::pair<std::string, std::string>> headers;
    std::optional<Origin> origin;  // empty: a foreign record, not written by the framework

    // Of several with the name, the last.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

// Copies the record; never throws for what is in it.
DeadLetter read_dead_letter(const Message& message);

// The same record as it goes back to its source topic: original key, payload and headers, dlq_*
// taken out, dlq_redrives one higher. The dead letter must have an origin.
Record redriven(const DeadLetter& dead_letter);

// The dead letter topics that karafka.yml knows: those of its routes, and topics named *.dlq.
std::vector<std::string> dead_letter_topics(const Settings& settings);

}  // namespace carafe
