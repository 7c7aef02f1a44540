// Where a page of a list ended: lists go newest first by (instant, id), so pages do not shift while data
// arrives.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace zhike::query {

struct Cursor {
  Instant at;
  std::uint64_t id = 0;
  friend bool operator==(const Cursor&, const Cursor&) = default;
};
[[nodiscard]] std::string format_cursor(const Cursor& cursor);
/// Empty text: before everything, the first page. Errors: kBadCursor.
[[nodiscard]] Result<Cursor> parse_cursor(std::string_view text);

inline constexpr std::uint32_t kPageMax = 200;

}  // namespace zhike::query
