// Structured logs: one JSON object a line on standard error. Never log an identifier, a trait or a secret.
#pragma once

#include <fmt/core.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace zhike::log {

enum class Level { kDebug, kInfo, kWarning, kError };

/// A field of a line: {"rows", 17}.
struct Field {
  std::string_view key;
  std::string value;
  template <class T>
  Field(std::string_view k, const T& v) : key(k), value(fmt::format("{}", v)) {}
};

void set_level(Level least);
/// Thread-safe. `event` is a fixed snake_case name: "engine_restarted".
void write(Level level, std::string_view event, std::initializer_list<Field> fields);

inline void debug(std::string_view event, std::initializer_list<Field> f = {}) {
  write(Level::kDebug, event, f);
}
inline void info(std::string_view event, std::initializer_list<Field> f = {}) {
  write(Level::kInfo, event, f);
}
inline void warn(std::string_view event, std::initializer_list<Field> f = {}) {
  write(Level::kWarning, event, f);
}
inline void error(std::string_view event, std::initializer_list<Field> f = {}) {
  write(Level::kError, event, f);
}
inline void error(std::string_view event, const Error& why) {
  write(Level::kError, event, {{"error", to_string(why)}});
}

}  // namespace zhike::log
