#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "carafe/settings.h"

// The process's log: one line per entry on stderr, text or JSON. Thread-safe. `message` is a fixed
// sentence; what varies goes into fields, so that JSON logs can be searched by them.
//
//     log::warn("order not found", {{"order_id", id}, {"topic", topic}});
namespace carafe::log {

enum class Level { kTrace, kDebug, kInfo, kWarn, kError };
// For callers on a hot path: is it worth building the fields?
bool enabled(Level level);

using Field = std::pair<std::string_view, std::string>;
using Fields = std::initializer_list<Field>;

// Called before other threads start; until then entries go out as text at level info. Called again
// it may change the level, but not the format.
void configure(const LogSettings& settings);

void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warn(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});
// The same for fields that were collected.
void write(Level level, std::string_view message, std::span<const Field> fields);

// Writes what is buffered; before _exit.
void flush();

}  // namespace carafe::log
