#include "cli/dead_letters.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>

#include "carafe/errors.h"
#include "config/text.h"

namespace carafe::cli {

namespace {

constexpr std::size_t kRecordsMax = 100'000;
constexpr std::size_t kBytesMax = 512ULL * 1024 * 1024;
constexpr std::string_view kPrefix = "dlq_";

template <typename Integer>
std::optional<Integer> number(std::string_view text) {
    Integer value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::string> copy(const std::optional<std::string_view>& bytes) {
    return bytes ? std::optional<std::string>(*bytes) : std::nullopt;
}

std::optional<DeadLetter::Origin> origin_of(const DeadLetter& dead_letter) {
    const auto header = [&](std::string_view name) -> std::string_view {
        for (auto each = dead_letter.headers.rbegin(); each != dead_letter.headers.rend(); ++each) {
            if (each->first == name) {
                return each->second;
            }
        }
        return {};
    };
    const auto partition = number<std::int32_t>(header("dlq_source_partition"));
    const auto offset = number<std::int64_t>(header("dlq_source_offset"));
    if (header("dlq_source_topic").empty() || !partition || !offset) {
        return std::nullopt;
    }
    DeadLetter::Origin origin;
    origin.topic = header("dlq_source_topic");
    origin.partition = *partition;
    origin.offset = *offset;
    origin.timestamp_ms = number<std::int64_t>(header("dlq_source_timestamp")).value_or(0);
    origin.group = header("dlq_consumer_group");
    origin.attempts = number<int>(header("dlq_attempts")).value_or(0);
    origin.error_class = header("dlq_error_class");
    origin.error_message = header("dlq_error_message");
    origin.fingerprint = header("dlq_fingerprint");
    origin.redrives = number<int>(header("dlq_redrives")).value_or(0);
    return origin;
}

std::runtime_error not_found(const kafka::LogReader& reader, const DeadLetterId& id) {
    const std::string what = "no dead letter " + config::quote(id.text()) + ": ";
    const std::vector<kafka::LogRange> ranges = reader.ranges(id.topic);
    if (ranges.empty()) {
        return std::runtime_error(what + "there is no topic " + config::quote(id.topic));
    }
    for (const kafka::LogRange& range : ranges) {
        if (range.partition == id.partition) {
            return std::runtime_error(
                what + (range.from == range.to
                            ? "partition " + std::to_string(id.partition) + " is empty"
                            : "partition " + std::to_string(id.partition) + " holds offsets " +
                                  std::to_string(range.from) + ".." + std::to_string(range.to - 1))
            );
        }
    }
    return std::runtime_error(
        what + "the topic has partitions 0.." + std::to_string(ranges.size() - 1)
    );
}

// The smallest ranges that hold all of the ids and that the log has, too.
std::vector<kafka::LogRange> ranges_around(
    const kafka::LogReader& reader, const std::set<DeadLetterId>& ids
) {
    std::map<std::pair<std::string, std::int32_t>, kafka::LogRange> wanted;
    for (const DeadLetterId& id : ids) {
        const auto [at, is_new] = wanted.try_emplace(
            {id.topic, id.partition},
            kafka::LogRange{id.topic, id.partition, id.offset, id.offset + 1}
        );
        at->second.from = std::min(at->second.from, id.offset);
        at->second.to = std::max(at->second.to, id.offset + 1);
    }
    std::vector<kafka::LogRange> ranges;
    for (const auto& [key, range] : wanted) {
        for (const kafka::LogRange& held : reader.ranges(range.topic)) {
            if (held.partition == range.partition) {
                ranges.push_back(
                    {range.topic,
                     range.partition,
                     std::max(range.from, held.from),
                     std::min(range.to, held.to)}
                );
            }
        }
    }
    return ranges;
}

std::size_t bytes_of(const DeadLetter& dead_letter) {
    std::size_t bytes =
        dead_letter.key.value_or("").size() + dead_letter.payload.value_or("").size();
    for (const auto& [name, value] : dead_letter.headers) {
        bytes += name.size() + value.size();
    }
    return bytes;
}

}  // namespace

std::string DeadLetterId::text() const {
    return topic + "/" + std::to_string(partition) + "/" + std::to_string(offset);
}

DeadLetterId parse_dead_letter_id(const std::string& text) {
    const std::size_t second = text.rfind('/');
    const std::size_t first =
        second == std::string::npos || second == 0 ? second : text.rfind('/', second - 1);
    if (first != std::string::npos && first > 0 && first < second) {
        const std::string_view view = text;
        const auto partition = number<std::int32_t>(view.substr(first + 1, second - first - 1));
        const auto offset = number<std::int64_t>(view.substr(second + 1));
        if (partition && offset && text.find('/') == first) {
            return {text.substr(0, first), *partition, *offset};
        }
    }
    throw ConfigurationError(
        config::quote(text) +
        " is not the ID of a dead letter: TOPIC/PARTITION/OFFSET, as `dlq list` prints it"
    );
}

DeadLetter read_dead_letter(const Message& message) {
    DeadLetter dead_letter;
    dead_letter.id = {std::string(message.topic()), message.partition(), message.offset()};
    dead_letter.at = message.timestamp();
    dead_letter.key = copy(message.key());
    dead_letter.payload = copy(message.payload());
    for (const Header& header : message.headers()) {
        dead_letter.headers.emplace_back(header.name, header.value);
    }
    dead_letter.origin = origin_of(dead_letter);
    return dead_letter;
}

Record redriven(const DeadLetter& dead_letter) {
    Record record;
    record.topic = dead_letter.origin.value().topic;
    record.key = dead_letter.key;
    record.payload = dead_letter.payload;
    for (const auto& [name, value] : dead_letter.headers) {
        if (name.compare(0, kPrefix.size(), kPrefix) != 0) {
            record.headers.emplace_back(name, value);
        }
    }
    record.headers.emplace_back("dlq_redrives", std::to_string(dead_letter.origin->redrives + 1));
    return record;
}

void sort_for_redrive(std::vector<DeadLetter>& dead_letters) {
    std::stable_sort(
        dead_letters.begin(),
        dead_letters.end(),
        [](const DeadLetter& left, const DeadLetter& right) {
            const auto place = [](const DeadLetter& each) {
                const DeadLetter::Origin& origin = each.origin.value();
                return std::tie(origin.topic, origin.partition, origin.offset);
            };
            return place(left) < place(right);
        }
    );
}

std::vector<std::string> dead_letter_topics(const Settings& settings) {
    std::set<std::string> topics;
    for (const ConsumerGroupSettings& group : settings.consumer_groups) {
        for (const TopicRoute& route : group.topics) {
            if (route.dead_letter_topic) {
                topics.insert(*route.dead_letter_topic);
            }
        }
    }
    constexpr std::string_view kSuffix = ".dlq";
    for (const TopicSettings& topic : settings.topics) {
        if (topic.name.size() > kSuffix.size() &&
            topic.name.compare(topic.name.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0) {
            topics.insert(topic.name);
        }
    }
    return {topics.begin(), topics.end()};
}

Listing newest(
    kafka::LogReader& reader, const std::vector<std::string>& topics, std::size_t limit
) {
    Listing listing;
    std::vector<kafka::LogRange> ranges;
    for (const std::string& topic : topics) {
        for (kafka::LogRange range : reader.ranges(topic)) {
            listing.total += range.to - range.from;
            range.from = std::max(range.from, range.to - static_cast<std::int64_t>(limit));
            ranges.push_back(std::move(range));
        }
    }
    reader.read(ranges, [&](const Message& message) {
        listing.dead_letters.push_back(read_dead_letter(message));
        listing.dead_letters.back().payload.reset();
        return true;
    });
    std::sort(
        listing.dead_letters.begin(),
        listing.dead_letters.end(),
        [](const DeadLetter& left, const DeadLetter& right) {
            return std::tie(right.at, right.id) < std::tie(left.at, left.id);
        }
    );
    listing.dead_letters.resize(std::min(listing.dead_letters.size(), limit));
    return listing;
}

std::vector<DeadLetter> find(kafka::LogReader& reader, const std::vector<DeadLetterId>& ids) {
    std::set<DeadLetterId> missing(ids.begin(), ids.end());
    std::vector<DeadLetter> found;
    reader.read(ranges_around(reader, missing), [&](const Message& message) {
        const DeadLetterId id{std::string(message.topic()), message.partition(), message.offset()};
        if (missing.erase(id) == 1) {
            found.push_back(read_dead_letter(message));
        }
        return true;
    });
    if (!missing.empty()) {
        throw not_found(reader, *missing.begin());
    }
    return found;
}

std::vector<DeadLetter> all_of(kafka::LogReader& reader, const std::string& topic) {
    std::vector<DeadLetter> all;
    std::size_t bytes = 0;
    const std::vector<kafka::LogRange> ranges = reader.ranges(topic);
    if (ranges.empty()) {
        throw std::runtime_error("there is no topic " + config::quote(topic));
    }
    reader.read(ranges, [&](const Message& message) {
        all.push_back(read_dead_letter(message));
        bytes += bytes_of(all.back());
        return all.size() <= kRecordsMax && bytes <= kBytesMax;
    });
    if (all.size() > kRecordsMax || bytes > kBytesMax) {
        throw std::runtime_error(
            config::quote(topic) +
            " holds more than 100000 dead letters or 512 MiB: name IDs to redrive a part of them"
        );
    }
    return all;
}

}  // namespace carafe::cli
