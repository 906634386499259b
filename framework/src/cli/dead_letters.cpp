#include "cli/dead_letters.h"

#include <algorithm>
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
