#pragma once

#include <string>
#include <vector>

#include "carafe/dead_letter.h"
#include "kafka/log_reader.h"

namespace carafe::cli {

// Dead letters read from Kafka itself: for a worker without a database, which has no index.

// By source topic, partition and offset: dead letters of one key in their original order.
void sort_for_redrive(std::vector<DeadLetter>& dead_letters);

// The newest `limit` of these topics, newest first, without payloads; `total` is how many there
// are.
struct Listing {
    std::vector<DeadLetter> dead_letters;
    std::int64_t total = 0;
};
Listing newest(kafka::LogReader& reader, const std::vector<std::string>& topics, std::size_t limit);

// Exactly these. Throws std::runtime_error naming the first that does not exist.
std::vector<DeadLetter> find(kafka::LogReader& reader, const std::vector<DeadLetterId>& ids);

// Everything a topic holds now. Throws std::runtime_error when that is more than a command should
// hold in memory.
std::vector<DeadLetter> all_of(kafka::LogReader& reader, const std::string& topic);

}  // namespace carafe::cli
