#include "cli/output.h"

#include <unistd.h>

#include <boost/json.hpp>
#include <iostream>

#include "carafe/errors.h"
#include "config/text.h"

namespace carafe::cli {

namespace {

constexpr std::size_t kBarWidth = 30;
constexpr std::size_t kFewEnough = 20;  // done before anybody looks

std::string base64(std::string_view bytes) {
    static constexpr char kDigits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string result;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::string_view group = bytes.substr(i, 3);
        unsigned bits = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            bits = bits << 8U | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            result += j <= group.size() ? kDigits[bits >> (18 - 6 * j) & 0x3FU] : '=';
        }
    }
    return result;
}

bool is_utf8(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t length = config::character_length(bytes, i);
        if (length == 0) {
            return false;
        }
        i += length;
    }
    return true;
}

}  // namespace

void print_json(const boost::json::value& value) {
    std::cout << boost::json::serialize(value) << '\n';
}

JsonBytes json_bytes(std::string_view bytes) {
    if (is_utf8(bytes)) {
        return {true, std::string(bytes), ""};
    }
    return {false, "", base64(bytes)};
}

bool confirmed(const std::string& question) {
    if (isatty(STDIN_FILENO) == 0) {
        throw ConfigurationError(
            "nobody to ask (stdin is not a terminal): add --yes to go ahead, or --dry-run to look"
        );
    }
    std::cerr << question << " [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

ProgressBar::ProgressBar(std::size_t total)
    : total_(total), is_shown_(total > kFewEnough && isatty(STDERR_FILENO) != 0) {}

ProgressBar::~ProgressBar() {
    if (is_shown_) {
        std::cerr << '\n';
    }
}

void ProgressBar::show(std::size_t done) const {
    if (!is_shown_) {
        return;
    }
    const std::size_t filled = kBarWidth * done / total_;
    std::cerr << "\r[" << std::string(filled, '#') << std::string(kBarWidth - filled, ' ') << "] "
              << done << '/' << total_ << std::flush;
}

}  // namespace carafe::cli
