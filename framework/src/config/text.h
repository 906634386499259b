#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carafe::config {

// 'text' for a message: control characters escaped, cut after 80 bytes.
std::string quote(std::string_view text);

// Length in bytes of the valid UTF-8 character that starts at `at`, 0 when there is none.
std::size_t character_length(std::string_view text, std::size_t at);

// Foreign bytes as text for whom takes only UTF-8 without NUL: what is not gets U+FFFD.
std::string valid_text(std::string_view bytes);

// The start of the text, at most `bytes_max` long; does not end inside a character of UTF-8.
std::string_view shortened(std::string_view text, std::size_t bytes_max);

// Where the first byte is that is not part of valid UTF-8, or that is a control character other
// than tab, line feed and carriage return (yaml-cpp takes 0x04 for the end of the file).
std::optional<std::size_t> find_bad_character(std::string_view text);

// The candidate that `word` is most likely a typing mistake of, if any is close enough.
std::optional<std::string> closest(
    std::string_view word, const std::vector<std::string>& candidates
);

// ", did you mean 'retry'?", or " (known: a, b, c)" when nothing is close, or nothing at all when
// there are no candidates.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace carafe::config
