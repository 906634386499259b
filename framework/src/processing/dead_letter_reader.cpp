#include <charconv>
#include <set>

#include "carafe/dead_letter.h"
#include "carafe/errors.h"
#include "config/text.h"

namespace carafe {

namespace {

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
    const auto header = [&](std::string_view name) {
        return dead_letter.header(name).value_or(std::string_view());
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

}  // namespace

std::optional<std::string_view> DeadLetter::header(std::string_view name) const {
    for (auto each = headers.rbegin(); each != headers.rend(); ++each) {
        if (each->first == name) {
            return each->second;
        }
    }
    return std::nullopt;
}

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

}  // namespace carafe
