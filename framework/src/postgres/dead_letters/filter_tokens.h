#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace carafe::postgres {

struct FilterToken {
    enum class Kind { kWord, kText, kNumber, kDuration, kSymbol, kEnd };
    Kind kind = Kind::kEnd;
    std::string text;        // a text without its quotes; a duration in seconds
    std::size_t column = 1;  // counts from 1
    std::size_t width = 1;
};

// Throws FilterError. The last token is kEnd.
std::vector<FilterToken> filter_tokens(std::string_view text);

// The message with the text and a mark under the place, for a terminal.
[[noreturn]] void throw_filter_error(
    std::string_view text, const FilterToken& at, const std::string& message
);

}  // namespace carafe::postgres
