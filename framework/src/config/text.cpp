#include "config/text.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace carafe::config {

namespace {

constexpr std::size_t kQuotedBytesMax = 80;
constexpr std::size_t kComparedBytesMax = 64;
constexpr std::size_t kListedMax = 20;

bool is_continuation(unsigned char byte) {
    return (byte & 0xC0U) == 0x80U;
}

struct Lead {
    std::size_t length;
    unsigned char second_min;  // rules out overlong forms, surrogates and what is past U+10FFFF
    unsigned char second_max;
};

std::optional<Lead> lead_of(unsigned char byte) {
    if (byte < 0x80) {
        return Lead{1, 0, 0};
    }
    if (byte >= 0xC2 && byte <= 0xDF) {
        return Lead{2, 0x80, 0xBF};
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        return Lead{
            3,
            static_cast<unsigned char>(byte == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(byte == 0xED ? 0x9F : 0xBF)};
    }
    if (byte >= 0xF0 && byte <= 0xF4) {
        return Lead{
            4,
            static_cast<unsigned char>(byte == 0xF0 ? 0x90 : 0x80),
            static_cast<unsigned char>(byte == 0xF4 ? 0x8F : 0xBF)};
    }
    return std::nullopt;
}

bool is_control(char character) {
    const auto byte = static_cast<unsigned char>(character);
    return (byte < 0x20 && character != '\t' && character != '\n' && character != '\r') ||
           byte == 0x7F;
}

std::string lower(std::string_view text) {
    std::string result(text.substr(0, kComparedBytesMax));
    std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return result;
}

// How many characters must be changed, put in, left out or swapped with their neighbour (the
// optimal string alignment distance), with three rows of memory.
std::size_t distance(const std::string& left, const std::string& right) {
    std::vector<std::size_t> before(right.size() + 1);
    std::vector<std::size_t> above(right.size() + 1);
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i) {
        before.swap(above);
        above.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t substituted = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, substituted});
            const bool is_swap =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if (is_swap) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
    }
    return row.back();
}

}  // namespace

std::size_t character_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto lead = lead_of(byte(at));
    if (!lead || at + lead->length > text.size()) {
        return 0;
    }
    if (lead->length > 1 && (byte(at + 1) < lead->second_min || byte(at + 1) > lead->second_max)) {
        return 0;
    }
    for (std::size_t i = 2; i < lead->length; ++i) {
        if (!is_continuation(byte(at + i))) {
            return 0;
        }
    }
    return lead->length;
}

std::string quote(std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string result = "'";
    for (std::size_t i = 0; i < text.size();) {
        if (i >= kQuotedBytesMax) {
            result += "...";
            break;
        }
        const std::size_t length = character_length(text, i);
        const auto byte = static_cast<unsigned char>(text[i]);
        if (length == 0 || byte < 0x20 || byte == 0x7F) {
            result += "\\x";
            result += kHex[byte >> 4U];
            result += kHex[byte & 0x0FU];
            ++i;
        } else {
            result += text.substr(i, length);
            i += length;
        }
    }
    return result + "'";
}

std::string valid_text(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = character_length(bytes, at);
        if (length == 0 || bytes[at] == '\0') {
            text += "\xEF\xBF\xBD";  // U+FFFD, the replacement character
            ++at;
        } else {
            text.append(bytes, at, length);
            at += length;
        }
    }
    return text;
}

std::string_view shortened(std::string_view text, std::size_t bytes_max) {
    std::size_t end = std::min(text.size(), bytes_max);
    while (end > 0 && end < text.size() && is_continuation(static_cast<unsigned char>(text[end]))) {
        --end;
    }
    return text.substr(0, end);
}

std::optional<std::size_t> find_bad_character(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = character_length(text, i);
        if (length == 0 || is_control(text[i])) {
            return i;
        }
        i += length;
    }
    return std::nullopt;
}

std::optional<std::string> closest(
    std::string_view word, const std::vector<std::string>& candidates
) {
    const std::string typed = lower(word);
    if (typed.empty()) {
        return std::nullopt;
    }
    std::optional<std::string> best;
    // A third of the word may be wrong, never all of it.
    std::size_t best_distance =
        1 + std::min(typed.size() - 1, std::clamp<std::size_t>((typed.size() + 1) / 3, 1, 3));
    for (const std::string& candidate : candidates) {
        const std::size_t found = distance(typed, lower(candidate));
        if (found < best_distance) {
            best = candidate;
            best_distance = found;
        }
    }
    return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
    if (const auto near = closest(word, candidates)) {
        return ", did you mean " + quote(*near) + "?";
    }
    if (candidates.empty()) {
        return "";
    }
    std::string list;
    for (std::size_t i = 0; i < candidates.size() && i < kListedMax; ++i) {
        list += (i == 0 ? "" : ", ") + candidates[i];
    }
    return " (known: " + list + (candidates.size() > kListedMax ? ", ...)" : ")");
}

}  // namespace carafe::config
