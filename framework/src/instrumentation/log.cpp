#include "carafe/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>

namespace carafe::log {

namespace {

std::atomic<bool> as_json{false};

std::shared_ptr<spdlog::logger> make_logger() {
    auto logger = std::make_shared<spdlog::logger>(
        "carafe", std::make_shared<spdlog::sinks::stderr_sink_mt>()
    );
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-5l %v", spdlog::pattern_time_type::utc);
    logger->flush_on(spdlog::level::info);
    return logger;
}

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> instance = make_logger();
    return *instance;
}

// JSON string contents; also keeps control characters of foreign bytes out of the terminal.
void append_escaped(std::string& out, std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (character == '"' || character == '\\') {
            out += '\\';
            out += character;
        } else if (character == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 0x0f];
        } else {
            out += character;
        }
    }
}

bool needs_quotes(std::string_view value) {
    return value.empty() || value.find_first_of(" \"=\\") != std::string_view::npos;
}

std::string as_text_line(std::string_view message, std::span<const Field> fields) {
    std::string line;
    append_escaped(line, message);
    for (const auto& [name, value] : fields) {
        line += ' ';
        line += name;
        line += '=';
        const bool quoted = needs_quotes(value);
        line += quoted ? "\"" : "";
        append_escaped(line, value);
        line += quoted ? "\"" : "";
    }
    return line;
}

std::string as_json_members(std::string_view message, std::span<const Field> fields) {
    std::string line = "\"message\":\"";
    append_escaped(line, message);
    line += '"';
    for (const auto& [name, value] : fields) {
        line += ",\"";
        append_escaped(line, name);
        line += "\":\"";
        append_escaped(line, value);
        line += '"';
    }
    return line;
}

static_assert(static_cast<int>(Level::kError) == static_cast<int>(spdlog::level::err));

}  // namespace

void configure(const LogSettings& settings) {
    as_json = settings.format == "json";
    if (as_json) {
        logger().set_pattern(
            R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", spdlog::pattern_time_type::utc
        );
    }
    logger().set_level(spdlog::level::from_str(settings.level));
}

bool enabled(Level level) {
    return logger().should_log(static_cast<spdlog::level::level_enum>(level));
}

void write(Level level, std::string_view message, std::span<const Field> fields) {
    const auto native = static_cast<spdlog::level::level_enum>(level);
    spdlog::logger& target = logger();
    if (target.should_log(native)) {
        target.log(
            native, as_json ? as_json_members(message, fields) : as_text_line(message, fields)
        );
    }
}

void debug(std::string_view message, Fields fields) {
    write(Level::kDebug, message, {fields.begin(), fields.size()});
}
void info(std::string_view message, Fields fields) {
    write(Level::kInfo, message, {fields.begin(), fields.size()});
}
void warn(std::string_view message, Fields fields) {
    write(Level::kWarn, message, {fields.begin(), fields.size()});
}
void error(std::string_view message, Fields fields) {
    write(Level::kError, message, {fields.begin(), fields.size()});
}

void flush() {
    logger().flush();
}

}  // namespace carafe::log
