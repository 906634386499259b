#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

namespace carafe::cli {

// One JSON document on stdout, with a line end. What is not UTF-8 must have been encoded before.
void print_json(const boost::json::value& value);

// A string for JSON output: as it is when it is UTF-8, else nothing and `base64` holds it.
struct JsonBytes {
    bool is_text = true;
    std::string text;
    std::string base64;
};
JsonBytes json_bytes(std::string_view bytes);

// Asks on stdin and takes "y" or "yes" for an answer. Throws ConfigurationError when stdin is not
// a terminal: the caller needs --yes.
bool confirmed(const std::string& question);

// "[#####     ] 120/500" on stderr, redrawn in place; nothing when that is not a terminal.
class ProgressBar {
public:
    explicit ProgressBar(std::size_t total);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    void show(std::size_t done) const;

private:
    std::size_t total_;
    bool is_shown_;
};

}  // namespace carafe::cli
