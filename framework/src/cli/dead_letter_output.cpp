#include "cli/dead_letter_output.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <ctime>

#include "cli/output.h"

namespace carafe::cli {

namespace {

using std::chrono::system_clock;

constexpr std::size_t kKeyWidth = 40;
constexpr std::size_t kErrorWidth = 100;

std::string place(const DeadLetter::Origin& origin) {
    return origin.topic + "/" + std::to_string(origin.partition) + "/" +
           std::to_string(origin.offset);
}

void put(boost::json::object& object, const std::string& name, std::string_view bytes) {
    const JsonBytes value = json_bytes(bytes);
    if (value.is_text) {
        object[name] = value.text;
    } else {
        object[name + "_base64"] = value.base64;
    }
}

void put(
    boost::json::object& object, const std::string& name, const std::optional<std::string>& bytes
) {
    if (bytes) {
        put(object, name, std::string_view(*bytes));
    } else {
        object[name] = nullptr;
    }
}

void put_origin(boost::json::object& object, const DeadLetter::Origin& origin) {
    boost::json::object source{
        {"partition", origin.partition},
        {"offset", origin.offset},
        {"timestamp",
         rfc3339(system_clock::time_point(std::chrono::milliseconds(origin.timestamp_ms)))}};
    put(source, "topic", std::string_view(origin.topic));
    object["source"] = std::move(source);
    put(object, "consumer_group", std::string_view(origin.group));
    object["attempts"] = origin.attempts;
    put(object, "error_class", std::string_view(origin.error_class));
    put(object, "error_message", std::string_view(origin.error_message));
    put(object, "fingerprint", std::string_view(origin.fingerprint));
    object["redrives"] = origin.redrives;
}

void add_why(Table& table, const DeadLetter::Origin& origin, system_clock::time_point now) {
    const system_clock::time_point produced{std::chrono::milliseconds(origin.timestamp_ms)};
    table.add({"source", printable(place(origin))});
    table.add({"produced", rfc3339(produced) + " (" + age(now - produced) + " ago)"});
    table.add({"group", printable(origin.group)});
    table.add({"attempts", std::to_string(origin.attempts)});
    table.add({"why", printable(origin.error_class) + ": " + printable(origin.error_message)});
    table.add({"fingerprint", printable(origin.fingerprint)});
    table.add({"redrives", std::to_string(origin.redrives)});
}

std::string contents(const std::optional<std::string>& payload) {
    if (!payload) {
        return "payload      none (a tombstone)\n";
    }
    const std::string head = "payload      " + std::to_string(payload->size()) + " bytes";
    if (payload->empty()) {
        return head + "\n";
    }
    if (!is_text(*payload)) {
        return head + ", not text:\n" + hex_dump(*payload);
    }
    std::string lines;
    std::size_t start = 0;
    while (start <= payload->size()) {
        const std::size_t end = std::min(payload->find('\n', start), payload->size());
        lines += printable(std::string_view(*payload).substr(start, end - start)) + "\n";
        start = end + 1;
    }
    return head + ":\n" + lines;
}

}  // namespace

std::string rfc3339(system_clock::time_point time) {
    const auto since_epoch =
        std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
    const auto seconds = static_cast<time_t>(since_epoch / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(
        text.data() + length, text.size() - length, ".%03dZ", static_cast<int>(since_epoch % 1000)
    );
    return text.data();
}

std::string age(system_clock::duration duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    constexpr std::int64_t kMinute = 60;
    constexpr std::int64_t kHour = 60 * kMinute;
    constexpr std::int64_t kDay = 24 * kHour;
    if (seconds < kMinute) {
        return std::to_string(std::max<std::int64_t>(seconds, 0)) + "s";
    }
    if (seconds < kHour) {
        return std::to_string(seconds / kMinute) + "m";
    }
    if (seconds < 2 * kDay) {
        return std::to_string(seconds / kHour) + "h";
    }
    return std::to_string(seconds / kDay) + "d";
}

Table dead_letter_table(const std::vector<DeadLetter>& dead_letters, system_clock::time_point now) {
    Table table({"ID", "AGE", "SOURCE", "KEY", "ATTEMPTS", "ERROR"});
    for (const DeadLetter& each : dead_letters) {
        const auto& origin = each.origin;
        table.add(
            {printable(each.id.text()),
             age(now - each.at),
             origin ? printable(place(*origin)) : "-",
             each.key ? printable(*each.key, kKeyWidth) : "-",
             origin ? std::to_string(origin->attempts) : "-",
             origin ? printable(origin->error_class + ": " + origin->error_message, kErrorWidth)
                    : "foreign record, without dlq_* headers"}
        );
    }
    return table;
}

std::string dead_letter_report(const DeadLetter& dead_letter, system_clock::time_point now) {
    Table table({"id", printable(dead_letter.id.text())});
    table.add({"dead since", rfc3339(dead_letter.at) + " (" + age(now - dead_letter.at) + ")"});
    table.add({"key", dead_letter.key ? printable(*dead_letter.key) : "none"});
    if (dead_letter.origin) {
        add_why(table, *dead_letter.origin, now);
    } else {
        table.add({"why", "unknown: a foreign record, without the headers the framework writes"});
    }
    table.add({"headers", std::to_string(dead_letter.headers.size())});
    std::string report = table.text();
    for (const auto& [name, value] : dead_letter.headers) {
        report += "  " + printable(name) + ": " + printable(value) + "\n";
    }
    return report + contents(dead_letter.payload);
}

boost::json::object dead_letter_json(const DeadLetter& dead_letter, bool with_contents) {
    boost::json::object object{
        {"id", dead_letter.id.text()},
        {"at", rfc3339(dead_letter.at)},
        {"foreign", !dead_letter.origin.has_value()}};
    put(object, "key", dead_letter.key);
    if (dead_letter.origin) {
        put_origin(object, *dead_letter.origin);
    }
    if (with_contents) {
        boost::json::array headers;
        for (const auto& [name, value] : dead_letter.headers) {
            boost::json::object header;
            put(header, "name", std::string_view(name));
            put(header, "value", std::string_view(value));
            headers.push_back(std::move(header));
        }
        object["headers"] = std::move(headers);
        put(object, "payload", dead_letter.payload);
    }
    return object;
}

}  // namespace carafe::cli
