#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace carafe::cli {

// Text from outside (records, servers), made safe for a terminal: control characters, invalid
// UTF-8 and characters that change the reading direction come out as escapes. Line feeds too, so
// that the result is one line.
std::string printable(std::string_view text);
// printable, cut to `max` characters with "..." at the end.
std::string printable(std::string_view text, std::size_t max);

// True when the bytes are UTF-8 without control characters other than tab and line ends.
bool is_text(std::string_view bytes);

// The classic three columns: offset, 16 bytes in hex, the same as ASCII.
std::string hex_dump(std::string_view bytes);

// Columns aligned by their longest cell; the header comes first, cells must be printable.
class Table {
public:
    explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] bool empty() const { return rows_.size() == 1; }
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace carafe::cli
