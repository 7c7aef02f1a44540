// Strong ids: 64-bit numbers that cannot be mixed up. In JSON and on screen they are decimal strings,
// because a browser's numbers end at 2^53.
#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace zhike {

template <class Tag>
struct Id {
  std::uint64_t value = 0;
  friend auto operator<=>(const Id&, const Id&) = default;
  [[nodiscard]] bool is_set() const noexcept { return value != 0; }
  [[nodiscard]] std::string str() const { return std::to_string(value); }
};

using SubjectId = Id<struct SubjectTag>;    ///< immutable: the identifier an event arrived under
using CustomerId = Id<struct CustomerTag>;  ///< the subject that stands for a customer today
using BlockId = Id<struct BlockTag>;        ///< one block of the mover
using UserId = Id<struct UserTag>;          ///< a person who signs in to the console
using SourceId = Id<struct SourceTag>;      ///< where events come from; owns write keys

/// Reads a decimal id. Errors: kBadId.
template <class AnyId>
[[nodiscard]] Result<AnyId> parse_id(std::string_view text) {
  AnyId id;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty())
    return fail(Code::kBadId, "{}", text.substr(0, 40));
  return id;
}

}  // namespace zhike

template <class Tag>
struct std::hash<zhike::Id<Tag>> {
  std::size_t operator()(const zhike::Id<Tag>& id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};
