// What the JSON protocols have in common: fields of an object as our values. Heavy (simdjson): for the
// parsers' sources only.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "event/event.h"

namespace zhike::ingest {

/// Empty: absent, or no text.
[[nodiscard]] std::string_view text_at(simdjson::dom::object object, std::string_view key);
/// An id that came as text or as a number; empty: absent.
[[nodiscard]] std::string id_at(simdjson::dom::object object, std::string_view key);
[[nodiscard]] std::optional<simdjson::dom::object> object_at(simdjson::dom::object object,
                                                             std::string_view key);

/// A scalar, or the JSON text of a list or an object.
[[nodiscard]] Value value_of(simdjson::dom::element element);

/// Appends the object's values, nested keys joined with dots; what is deeper than six levels, and lists, stay
/// JSON text. Of a repeated key the last value counts, as in JavaScript. `skip`: a key of the top to leave
/// out. False: more keys than an event may have.
[[nodiscard]] bool flatten(simdjson::dom::object object, Properties& out, std::string_view skip = {});

/// Reuses its buffers. What it parsed lives until the next parse. One thread.
class JsonParser {
 public:
  [[nodiscard]] simdjson::error_code parse(std::string_view json, simdjson::dom::element& root);

 private:
  simdjson::dom::parser parser_;
  std::string padded_;
};

}  // namespace zhike::ingest
