#include "postgres/dead_letters/filter_tokens.h"

#include <cctype>
#include <charconv>
#include <cstdint>

#include "carafe/postgres/dead_letters.h"
#include "config/text.h"

namespace carafe::postgres {

namespace {

constexpr std::size_t kTextMax = 4096;

bool is_letter(char character) {
    const auto byte = static_cast<unsigned char>(character);
    return std::isalpha(byte) != 0 || character == '_';
}

bool is_digit(char character) {
    return std::isdigit(static_cast<unsigned char>(character)) != 0;
}

// Header names go on after the dot: header.x-request-id.
bool continues_word(char character) {
    return is_letter(character) || is_digit(character) || character == '.' || character == '-';
}

class Tokenizer {
public:
    explicit Tokenizer(std::string_view text) : text_(text) {}

    std::vector<FilterToken> all() {
        if (text_.size() > kTextMax) {
            fail(0, 1, "the filter is longer than 4096 bytes");
        }
        if (const auto bad = config::find_bad_character(text_)) {
            fail(*bad, 1, "a control character, or not UTF-8");
        }
        std::vector<FilterToken> tokens;
        while (true) {
            while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0
            ) {
                ++at_;
            }
            tokens.push_back(next());
            if (tokens.back().kind == FilterToken::Kind::kEnd) {
                return tokens;
            }
        }
    }

private:
    FilterToken next() {
        if (at_ == text_.size()) {
            return {FilterToken::Kind::kEnd, "", at_ + 1, 1};
        }
        const char first = text_[at_];
        if (is_letter(first)) {
            return word();
        }
        if (is_digit(first) ||
            (first == '-' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
            return number();
        }
        if (first == '"' || first == '\'') {
            return quoted();
        }
        return symbol();
    }

    FilterToken word() {
        const std::size_t start = at_;
        while (at_ < text_.size() && continues_word(text_[at_])) {
            ++at_;
        }
        return token(
            FilterToken::Kind::kWord, start, std::string(text_.substr(start, at_ - start))
        );
    }

    FilterToken number() {
        const std::size_t start = at_;
        ++at_;
        while (at_ < text_.size() && is_digit(text_[at_])) {
            ++at_;
        }
        const std::string digits(text_.substr(start, at_ - start));
        const std::size_t unit_start = at_;
        while (at_ < text_.size() && continues_word(text_[at_])) {
            ++at_;
        }
        std::int64_t value = 0;
        if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec !=
            std::errc()) {
            fail(start, at_ - start, "the number is too large");
        }
        const std::string_view unit = text_.substr(unit_start, at_ - unit_start);
        if (unit.empty()) {
            return token(FilterToken::Kind::kNumber, start, digits);
        }
        const std::int64_t seconds = unit == "s"   ? 1
                                     : unit == "m" ? 60
                                     : unit == "h" ? 3600
                                     : unit == "d" ? 86'400
                                     : unit == "w" ? 604'800
                                                   : 0;
        constexpr std::int64_t kCenturySeconds = 3'155'760'000;
        if (seconds == 0) {
            fail(unit_start, unit.size(), "no unit of time: write s, m, h, d or w, as in 90m");
        }
        if (value < 0 || value > kCenturySeconds / seconds) {
            fail(start, at_ - start, "a duration is between 0 and 100 years");
        }
        return token(FilterToken::Kind::kDuration, start, std::to_string(value * seconds));
    }

    FilterToken quoted() {
        const std::size_t start = at_;
        const char quote = text_[at_++];
        std::string value;
        while (at_ < text_.size() && text_[at_] != quote) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                ++at_;  // \" \' \\: the character itself
            }
            value += text_[at_++];
        }
        if (at_ == text_.size()) {
            fail(start, 1, "the text that begins here does not end");
        }
        ++at_;
        return token(FilterToken::Kind::kText, start, std::move(value));
    }

    FilterToken symbol() {
        const std::size_t start = at_;
        for (const std::string_view two : {"!=", "<=", ">="}) {
            if (text_.substr(at_, 2) == two) {
                at_ += 2;
                return token(FilterToken::Kind::kSymbol, start, std::string(two));
            }
        }
        if (std::string_view("=<>(),").find(text_[at_]) == std::string_view::npos) {
            const std::size_t length = config::character_length(text_, at_);
            const std::string shown = config::quote(text_.substr(at_, length));
            fail(
                start,
                1,
                shown + " means nothing here" +
                    (text_[at_] == '&' || text_[at_] == '|' ? ": write and, or" : "")
            );
        }
        ++at_;
        return token(FilterToken::Kind::kSymbol, start, std::string(text_.substr(start, 1)));
    }

    [[nodiscard]] FilterToken token(FilterToken::Kind kind, std::size_t start, std::string text)
        const {
        return {kind, std::move(text), start + 1, at_ - start};
    }

    [[noreturn]] void fail(std::size_t at, std::size_t width, const std::string& message) const {
        throw_filter_error(text_, {FilterToken::Kind::kEnd, "", at + 1, width}, message);
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::vector<FilterToken> filter_tokens(std::string_view text) {
    return Tokenizer(text).all();
}

void throw_filter_error(std::string_view text, const FilterToken& at, const std::string& message) {
    // A long text is shown around the place only.
    constexpr std::size_t kBefore = 60;
    constexpr std::size_t kShown = 100;
    const std::size_t place = at.column - 1;
    const std::size_t from = place > kBefore ? place - kBefore : 0;
    std::string shown(text.substr(from, kShown));
    for (char& character : shown) {
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f) {
            character = ' ';
        }
    }
    throw FilterError(
        "filter, column " + std::to_string(at.column) + ": " + message + "\n  " + shown + "\n  " +
            std::string(place - from, ' ') + std::string(std::max<std::size_t>(at.width, 1), '^'),
        at.column,
        message
    );
}

}  // namespace carafe::postgres
