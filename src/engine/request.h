// The texts of a request, taken apart: target, form fields, FORMAT clause. Pure functions over untrusted
// bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/session.h"

namespace zhike_engine {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// "a=1&b=%20" decoded; '+' is a space. Nothing on a broken escape.
[[nodiscard]] std::optional<Fields> parse_form(std::string_view text);
/// Fields of multipart/form-data. Nothing when malformed.
[[nodiscard]] std::optional<Fields> parse_multipart(std::string_view body, std::string_view content_type);

/// "SELECT 1 FORMAT CSV" to {"SELECT 1", "CSV"}; format empty: no such clause at the end.
struct Formatted {
  std::string_view sql;
  std::string_view format;
};
[[nodiscard]] Formatted split_format(std::string_view sql);
[[nodiscard]] bool is_insert(std::string_view sql);

/// Puts fields where they belong: query text, parameters, settings, database, format.
void assign(const Fields& fields, Statement& statement);

/// How an answer in this format can be streamed piece by piece. The library writes each piece as a document
/// of its own, so formats with names in front repeat them, and formats with an envelope cannot be joined.
struct Streaming {
  bool possible = false;
  int header_lines = 0;  ///< repeated in front of every piece
  bool quoted = false;   ///< a header line may contain quoted line ends (CSV)
};
[[nodiscard]] Streaming streaming_of(std::string_view format);
/// Bytes of the first `lines` lines.
[[nodiscard]] std::size_t header_size(std::string_view piece, const Streaming& how);

}  // namespace zhike_engine
