#include "app/models/clock.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <string_view>

namespace shop {

namespace {

// Reads a text from its front.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    // Exactly `digits` digits, at most `max`; else -1 and failed for good.
    int number(std::size_t digits, int max) {
        int value = -1;
        if (rest_.size() >= digits) {
            const char* end = rest_.data() + digits;
            const bool is_sign = rest_.front() == '-';
            if (std::from_chars(rest_.data(), end, value).ptr != end || is_sign || value > max) {
                value = -1;
            }
            rest_.remove_prefix(digits);
        }
        good_ = good_ && value >= 0;
        return value;
    }
    // One character out of several, or nothing.
    char one_of(std::string_view characters) {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
            return '\0';
        }
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    void must(std::string_view characters) { good_ = one_of(characters) != '\0' && good_; }
    // `.` and 1 to 9 digits, of which six are kept; ".0" when there is none.
    std::string fraction() {
        if (one_of(".") == '\0') {
            return ".0";
        }
        std::string digits;
        for (char c = one_of("0123456789"); c != '\0'; c = one_of("0123456789")) {
            digits += c;
        }
        good_ = good_ && !digits.empty() && digits.size() <= 9;
        return "." + digits.substr(0, 6);
    }
    [[nodiscard]] bool is_good() const { return good_; }
    [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

std::chrono::seconds read_offset(Scanner& scanner) {
    const char sign = scanner.one_of("Zz+-");
    if (sign != '+' && sign != '-') {
        if (sign == '\0') {
            scanner.must("Z");
        }
        return {};
    }
    const int hours = scanner.number(2, 23);
    scanner.must(":");
    const int minutes = scanner.number(2, 59);
    const std::chrono::seconds offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    return sign == '+' ? offset : -offset;
}

}  // namespace

std::optional<std::string> epoch_seconds(std::string_view text) {
    Scanner scanner(text);
    const int year = scanner.number(4, 9999);
    scanner.must("-");
    const int month = scanner.number(2, 12);
    scanner.must("-");
    const int day = scanner.number(2, 31);
    if (!scanner.is_good()) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{
        std::chrono::year(year),
        std::chrono::month(static_cast<unsigned>(month)),
        std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || year == 0) {
        return std::nullopt;
    }
    std::chrono::seconds seconds = std::chrono::sys_days(date).time_since_epoch();
    std::string fraction = ".0";
    if (!scanner.is_at_end()) {
        scanner.must("Tt");
        seconds += std::chrono::hours(scanner.number(2, 23));
        scanner.must(":");
        seconds += std::chrono::minutes(scanner.number(2, 59));
        scanner.must(":");
        seconds += std::chrono::seconds(scanner.number(2, 60));  // 60: a leap second
        fraction = scanner.fraction();
        seconds -= read_offset(scanner);
    }
    if (!scanner.is_good() || !scanner.is_at_end()) {
        return std::nullopt;
    }
    // Before 1970 a fraction would count the wrong way; nobody orders in a fraction of then.
    return std::to_string(seconds.count()) + (seconds.count() < 0 ? ".0" : fraction);
}

std::string rfc3339(std::chrono::system_clock::time_point moment) {
    const auto since_epoch =
        std::chrono::duration_cast<std::chrono::microseconds>(moment.time_since_epoch());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    const auto micros = static_cast<long>((since_epoch - seconds).count());
    const std::time_t whole = seconds.count();
    std::tm utc{};
    gmtime_r(&whole, &utc);
    std::array<char, 40> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::array<char, 24> fraction{};
    (void)std::snprintf(fraction.data(), fraction.size(), ".%06ldZ", micros);
    return std::string(text.data(), length) + fraction.data();
}

std::optional<std::chrono::system_clock::time_point> parse_rfc3339(const std::string& text) {
    std::tm utc{};
    const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
    if (rest == nullptr) {
        return std::nullopt;
    }
    auto fraction = std::chrono::microseconds::zero();
    if (*rest == '.') {
        auto unit = std::chrono::microseconds(100'000);
        for (++rest; *rest >= '0' && *rest <= '9'; ++rest, unit /= 10) {
            fraction += unit * (*rest - '0');
        }
    }
    if (std::string_view(rest) != "Z") {
        return std::nullopt;
    }
    return std::chrono::system_clock::from_time_t(timegm(&utc)) + fraction;
}

}  // namespace shop
