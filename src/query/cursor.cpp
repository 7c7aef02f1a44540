#include "query/cursor.h"

#include <charconv>
#include <limits>

namespace zhike::query {

namespace {
constexpr std::int64_t kLastMs = 7'258'118'400'000 - 1;  // 2199-12-31T23:59:59.999Z
}

std::string format_cursor(const Cursor& cursor) { return fmt::format("{}-{}", cursor.at.ms, cursor.id); }

Result<Cursor> parse_cursor(std::string_view text) {
  if (text.empty()) return Cursor{.at = {kLastMs}, .id = std::numeric_limits<std::uint64_t>::max()};
  Cursor cursor;
  const char* const end = text.data() + text.size();
  const auto at = std::from_chars(text.data(), end, cursor.at.ms);
  if (at.ec != std::errc{} || at.ptr == end || *at.ptr != '-' || cursor.at.ms < 0 || cursor.at.ms > kLastMs)
    return fail(Code::kBadCursor, "{}", text.substr(0, 40));
  const auto id = std::from_chars(at.ptr + 1, end, cursor.id);
  if (id.ec != std::errc{} || id.ptr != end) return fail(Code::kBadCursor, "{}", text.substr(0, 40));
  return cursor;
}

}  // namespace zhike::query
