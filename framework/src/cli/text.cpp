#include "cli/text.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "config/text.h"

namespace carafe::cli {

namespace {

constexpr std::size_t kBytesPerLine = 16;

// Characters of valid UTF-8: every byte that does not continue one.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::string escaped(unsigned char byte) {
    switch (byte) {
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        default:
            break;
    }
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "\\x%02x", byte);
    return text.data();
}

// U+0080..U+009F drive some terminals; U+200E/F, U+202A..E and U+2066..9 turn the text around.
bool is_hidden(std::string_view character) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    if (character.size() == 1) {
        return byte(0) < 0x20 || byte(0) == 0x7F;
    }
    if (character.size() == 2) {
        return byte(0) == 0xC2 && byte(1) < 0xA0;
    }
    if (character.size() == 3 && byte(0) == 0xE2) {
        const bool is_mark = byte(1) == 0x80 && (byte(2) == 0x8E || byte(2) == 0x8F);
        const bool is_line_end = byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9);
        const bool is_embedding = byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE;
        const bool is_isolate = byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
        return is_mark || is_line_end || is_embedding || is_isolate;
    }
    return false;
}

// Calls `visit` with the printable form of each character; it returns false to stop.
template <typename Visit>
void each_printable(std::string_view text, Visit visit) {
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = config::character_length(text, i);
        const std::string_view character = text.substr(i, std::max<std::size_t>(length, 1));
        std::string shown(character);
        if (length == 0 || is_hidden(character)) {
            shown.clear();
            for (const char c : character) {
                shown += escaped(static_cast<unsigned char>(c));
            }
        }
        if (!visit(shown)) {
            return;
        }
        i += character.size();
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string result;
    each_printable(text, [&](const std::string& shown) {
        result += shown;
        return true;
    });
    return result;
}

std::string printable(std::string_view text, std::size_t max) {
    std::string result;
    std::size_t used = 0;
    bool is_cut = false;
    each_printable(text, [&](const std::string& shown) {
        used += width(shown);
        is_cut = used > max;
        if (!is_cut) {
            result += shown;
        }
        return !is_cut;
    });
    return is_cut ? result + "..." : result;
}

bool is_text(std::string_view bytes) {
    return !config::find_bad_character(bytes);
}

std::string hex_dump(std::string_view bytes) {
    std::string dump;
    std::array<char, 32> text{};
    for (std::size_t start = 0; start < bytes.size(); start += kBytesPerLine) {
        const std::string_view line = bytes.substr(start, kBytesPerLine);
        std::snprintf(text.data(), text.size(), "%08zx  ", start);
        dump += text.data();
        for (std::size_t i = 0; i < kBytesPerLine; ++i) {
            if (i < line.size()) {
                std::snprintf(
                    text.data(), text.size(), "%02x ", static_cast<unsigned char>(line[i])
                );
                dump += text.data();
            } else {
                dump += "   ";
            }
        }
        dump += " ";
        for (const char c : line) {
            dump += c >= 0x20 && c < 0x7F ? c : '.';
        }
        dump += "\n";
    }
    return dump;
}

std::string Table::text() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()), 0);
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width(row[i]));
        }
    }
    std::string text;
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += row[i];
            if (i + 1 < row.size()) {
                text.append(widths[i] - width(row[i]) + 2, ' ');
            }
        }
        text += "\n";
    }
    return text;
}

}  // namespace carafe::cli
