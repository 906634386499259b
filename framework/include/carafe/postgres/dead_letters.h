#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "carafe/dead_letter.h"
#include "carafe/errors.h"
#include "carafe/postgres/pool.h"

namespace carafe::postgres {

// A filter that cannot be understood; what() shows the text with a mark under the place, `message`
// alone says what is wrong there.
class FilterError : public ConfigurationError {
public:
    FilterError(const std::string& shown, std::size_t column, std::string message)
        : ConfigurationError(shown), column_(column), message_(std::move(message)) {}
    [[nodiscard]] std::size_t column() const { return column_; }
    [[nodiscard]] const std::string& message() const { return message_; }

private:
    std::size_t column_;  // counts from 1
    std::string message_;
};

// A dead letter as the index has it.
struct IndexedDeadLetter {
    DeadLetter letter;  // without the payload in lists
    std::size_t payload_size = 0;
    // waiting; taken (a redrive or discard under way has selected it); redriven; discarded
    std::string state;
    std::optional<std::int64_t> redrive_id;
    std::optional<std::chrono::system_clock::time_point> handled_at;
};

// Dead letters with one cause.
struct DeadLetterCause {
    std::string fingerprint;  // empty: foreign records
    std::string topic;
    std::string source_topic;
    std::string consumer_group;
    std::string error_class;
    std::int64_t count = 0;    // that wait
    std::int64_t handled = 0;  // redriven or discarded
    std::chrono::system_clock::time_point first;
    std::chrono::system_clock::time_point last;
    DeadLetterId example;  // the newest
    std::string error_message;
};

// Reads the index of dead letters, which workers keep up to date. Thread-safe. All throw
// Unavailable while the database is away, and FilterError for a filter.
class DeadLetters {
public:
    struct Query {
        std::string topic;  // empty: all
        std::string where;  // the filter language of `dlq list --where`; empty: all
        // What was handled is left out, unless the filter speaks of `state`.
        bool with_handled = false;
        std::size_t limit = 50;
        std::optional<DeadLetterId> after;  // the last one of the page before
    };

    explicit DeadLetters(Pool& pool) : pool_(pool) {}

    // The newest first.
    [[nodiscard]] std::vector<IndexedDeadLetter> list(const Query& query) const;
    // How many there are, whatever the limit.
    [[nodiscard]] std::int64_t count(const Query& query) const;
    [[nodiscard]] std::optional<IndexedDeadLetter> find(const DeadLetterId& id) const;
    // By fingerprint, most frequent first; at most 1000.
    [[nodiscard]] std::vector<DeadLetterCause> stats(const std::string& topic) const;

private:
    Pool& pool_;
};

// Brings the index up to the end that these topics have now, whether or not a worker runs. Returns
// how many records it looked at. Throws TransientError when Kafka does not answer.
std::size_t index_up_to_now(
    Pool& pool,
    const std::map<std::string, std::string>& kafka_properties,
    const std::vector<std::string>& topics
);

}  // namespace carafe::postgres
