#include "config/units.h"

#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "config/text.h"

namespace carafe::config {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t factor;
};

constexpr std::array<Unit, 4> kDurationUnits{
    Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}};
constexpr std::array<Unit, 4> kSizeUnits{
    Unit{"B", 1}, Unit{"KiB", 1024}, Unit{"MiB", 1024LL * 1024}, Unit{"GiB", 1024LL * 1024 * 1024}};

constexpr std::array<std::pair<std::string_view, std::chrono::milliseconds>, 3> kRatePeriods{
    std::pair{std::string_view("/s"), std::chrono::milliseconds(1'000)},
    std::pair{std::string_view("/m"), std::chrono::milliseconds(60'000)},
    std::pair{std::string_view("/h"), std::chrono::milliseconds(3'600'000)}};

struct Kind {
    std::span<const Unit> units;
    std::string_view expected;
};

constexpr std::string_view kDuration = "a duration such as 5ms, 10s, 2m or 24h";
constexpr std::string_view kSize = "a size such as 64KiB, 256MiB or 4GiB";

std::string unit_names(std::span<const Unit> units) {
    std::string names;
    for (std::size_t i = 0; i < units.size(); ++i) {
        names += i == 0 ? "" : i + 1 == units.size() ? " or " : ", ";
        names += units[i].name;
    }
    return names;
}

Parsed<std::int64_t> parse_quantity(std::string_view text, const Kind& kind) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range) {
        return {std::nullopt, quote(text) + " is too large"};
    }
    if (error != std::errc() || number < 0) {
        return {std::nullopt, "expected " + std::string(kind.expected) + ", got " + quote(text)};
    }
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    if (unit.empty() && number == 0) {
        return {0, ""};
    }
    for (const Unit& known : kind.units) {
        if (unit == known.name) {
            if (number > std::numeric_limits<std::int64_t>::max() / known.factor) {
                return {std::nullopt, quote(text) + " is too large"};
            }
            return {number * known.factor, ""};
        }
    }
    return {
        std::nullopt,
        unit.empty() ? quote(text) + " has no unit, expected " + std::string(kind.expected)
                     : "unknown unit " + quote(unit) + " in " + quote(text) + ", expected " +
                           unit_names(kind.units)};
}

std::string format_quantity(std::int64_t number, std::span<const Unit> units) {
    for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
        if (number != 0 && number % unit->factor == 0) {
            return std::to_string(number / unit->factor) + std::string(unit->name);
        }
    }
    return std::to_string(number) + std::string(units.front().name);
}

}  // namespace

Parsed<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto parsed = parse_quantity(text, {kDurationUnits, kDuration});
    if (!parsed.value) {
        return {std::nullopt, parsed.problem};
    }
    return {std::chrono::milliseconds(*parsed.value), ""};
}

Parsed<std::int64_t> parse_size(std::string_view text) {
    return parse_quantity(text, {kSizeUnits, kSize});
}

Parsed<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range) {
        return {std::nullopt, quote(text) + " is too large"};
    }
    if (error != std::errc() || end != text.data() + text.size()) {
        return {std::nullopt, "expected a whole number, got " + quote(text)};
    }
    return {number, ""};
}

Parsed<Rate> parse_rate(std::string_view text) {
    std::int64_t records = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), records);
    const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const auto& [name, period] : kRatePeriods) {
        if (error == std::errc() && records > 0 && rest == name) {
            return {Rate{records, period}, ""};
        }
    }
    return {std::nullopt, "expected a rate such as 100/s, 20/m or 5/h, got " + quote(text)};
}

std::string format_rate(const Rate& rate) {
    for (const auto& [name, period] : kRatePeriods) {
        if (rate.records > 0 && rate.period == period) {
            return std::to_string(rate.records) + std::string(name);
        }
    }
    return "";
}

std::string format_duration(std::chrono::milliseconds duration) {
    return format_quantity(duration.count(), kDurationUnits);
}

std::string format_size(std::int64_t bytes) {
    return format_quantity(bytes, kSizeUnits);
}

}  // namespace carafe::config
