#include "processing/unfinished_map.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace carafe::processing {

namespace {

constexpr std::string_view kPrefix = "u1:";
constexpr std::string_view kAlphabet =  // base64url, RFC 4648, 5
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint64_t kLongestRun = 1ULL << 40U;

void append_number(std::vector<unsigned char>& bytes, std::uint64_t number) {
    constexpr std::uint64_t kMore = 0x80;
    while (number >= kMore) {
        bytes.push_back(static_cast<unsigned char>(number | kMore));
        number >>= 7U;
    }
    bytes.push_back(static_cast<unsigned char>(number));
}

std::string to_base64(const std::vector<unsigned char>& bytes) {
    std::string text;
    text.reserve(bytes.size() * 4 / 3 + 3);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const unsigned char byte : bytes) {
        bits = bits << 8U | byte;
        count += 8;
        while (count >= 6) {
            count -= 6;
            text += kAlphabet[bits >> count & 0x3fU];
        }
    }
    if (count > 0) {
        text += kAlphabet[bits << (6 - count) & 0x3fU];
    }
    return text;
}

std::optional<std::vector<unsigned char>> from_base64(std::string_view text) {
    std::vector<unsigned char> bytes;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char letter : text) {
        const std::size_t value = kAlphabet.find(letter);
        if (value == std::string_view::npos) {
            return std::nullopt;
        }
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes.push_back(static_cast<unsigned char>(bits >> count));
        }
    }
    return bytes;
}

// Nothing for a number that ends too early, or is no length of a run.
std::optional<std::int64_t> read_number(std::span<const unsigned char>& bytes) {
    std::uint64_t number = 0;
    for (unsigned shift = 0; !bytes.empty() && shift <= 35; shift += 7) {
        const unsigned char byte = bytes.front();
        bytes = bytes.subspan(1);
        number |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
        if ((byte & 0x80U) == 0) {
            return number > 0 && number < kLongestRun
                       ? std::optional(static_cast<std::int64_t>(number))
                       : std::nullopt;
        }
    }
    return std::nullopt;
}

// Writes (unfinished, done) runs until there is no room left.
class RunWriter {
public:
    explicit RunWriter(std::int64_t begin) : written_to_(begin) {}

    // Done from `first` to `end`; what was not written yet before it is unfinished.
    bool done(std::int64_t first, std::int64_t end) {
        if (end <= first) {
            return true;
        }
        const std::size_t bytes = bytes_of_run(first - written_to_) + bytes_of_run(end - first);
        if (first <= written_to_ || bytes_.size() + bytes > kUnfinishedBytesMax) {
            return false;
        }
        append_number(bytes_, static_cast<std::uint64_t>(first - written_to_));
        append_number(bytes_, static_cast<std::uint64_t>(end - first));
        written_to_ = end;
        return true;
    }
    [[nodiscard]] const std::vector<unsigned char>& bytes() const { return bytes_; }

private:
    std::int64_t written_to_;
    std::vector<unsigned char> bytes_;
};

}  // namespace

std::size_t bytes_of_run(std::int64_t length) {
    std::size_t bytes = 1;
    for (auto rest = static_cast<std::uint64_t>(length) >> 7U; rest > 0; rest >>= 7U) {
        ++bytes;
    }
    return bytes;
}

std::string encode_unfinished(
    std::span<const std::int64_t> unfinished, std::int64_t end, std::span<const DoneRun> later
) {
    RunWriter writer(unfinished.front());
    bool fits = true;
    for (std::size_t index = 0; fits && index < unfinished.size(); ++index) {
        const bool is_last = index + 1 == unfinished.size();
        std::int64_t next = is_last ? end : unfinished[index + 1];
        if (is_last && !later.empty() && later.front().first <= end) {
            next = later.front().end;
            later = later.subspan(1);
        }
        fits = writer.done(unfinished[index] + 1, next);
    }
    for (; fits && !later.empty(); later = later.subspan(1)) {
        fits = writer.done(later.front().first, later.front().end);
    }
    return writer.bytes().empty() ? "" : std::string(kPrefix) + to_base64(writer.bytes());
}

NotedPosition noted_position(
    std::vector<std::int64_t> unfinished, std::int64_t end, DoneOffsets& done
) {
    auto later = done.from(end);
    if (unfinished.empty() && !later.empty() && later.front().first <= end) {
        end = later.front().end;
        later = later.subspan(1);
    }
    if (unfinished.empty() && !later.empty()) {
        unfinished.push_back(end);  // not drained yet
    }
    if (unfinished.empty()) {
        return {end, ""};
    }
    return {
        unfinished.front(),
        encode_unfinished(unfinished, std::max(end, unfinished.back() + 1), later)};
}

DoneOffsets::DoneOffsets(std::string_view text, std::int64_t committed) {
    if (!text.starts_with(kPrefix) || text.size() > kUnfinishedTextMax) {
        return;
    }
    const auto bytes = from_base64(text.substr(kPrefix.size()));
    if (!bytes) {
        return;
    }
    std::int64_t at = committed;
    std::vector<DoneRun> runs;
    for (std::span<const unsigned char> rest(*bytes); !rest.empty();) {
        const auto unfinished = read_number(rest);
        const auto done = unfinished ? read_number(rest) : std::nullopt;
        if (!done || at > std::numeric_limits<std::int64_t>::max() - *unfinished - *done) {
            return;
        }
        runs.push_back({at + *unfinished, at + *unfinished + *done});
        at = runs.back().end;
    }
    runs_ = std::move(runs);
}

bool DoneOffsets::contains(std::int64_t offset) {
    const auto left = from(offset);
    return !left.empty() && left.front().first <= offset;
}

std::span<const DoneRun> DoneOffsets::from(std::int64_t offset) {
    while (next_ < runs_.size() && runs_[next_].end <= offset) {
        ++next_;
    }
    return std::span<const DoneRun>(runs_).subspan(next_);
}

}  // namespace carafe::processing
