// What a column holds, as far as comparing it is concerned.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace zhike::match {

enum class Kind : std::uint8_t {
  kGivenName,
  kSurname,
  kFullName,
  kDate,
  kYear,
  kSmallNumber,  ///< a month, a day, a house number: a short number that may be mistyped
  kNumber,       ///< an amount, near or far
  kEmail,
  kPhone,
  kPostcode,
  kIdNumber,
  kCategory,
  kPhrase,  ///< few words: a street, a place, an employer
  kText,    ///< many words: a title, a description, a whole address
  kIgnored,
};
inline constexpr std::array<std::string_view, 16> kKindNames{
    "given_name", "surname",  "full_name", "date",     "year",   "small_number", "number",  "email",
    "phone",      "postcode", "id_number", "category", "phrase", "text",         "ignored", ""};

[[nodiscard]] constexpr std::string_view to_string(Kind kind) noexcept {
  return kKindNames[static_cast<std::size_t>(kind)];
}
[[nodiscard]] constexpr std::optional<Kind> parse_kind(std::string_view text) noexcept {
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Kind::kText); ++i)
    if (kKindNames[i] == text) return static_cast<Kind>(i);
  return std::nullopt;
}
[[nodiscard]] constexpr bool is_name(Kind kind) noexcept {
  return kind == Kind::kGivenName || kind == Kind::kSurname || kind == Kind::kFullName;
}
/// Its values are compared word by word too.
[[nodiscard]] constexpr bool has_words(Kind kind) noexcept {
  return kind == Kind::kFullName || kind == Kind::kPhrase || kind == Kind::kText;
}

/// How much two values agree: 0 of a missing one, 1 of none, up to level_count(kind) of the same.
using Level = std::uint8_t;
inline constexpr Level kMissing = 0, kElse = 1;
inline constexpr std::size_t kLevelsMax = 8;  ///< with kMissing

/// What each level of a kind demands, from kElse to the same; for people and files.
[[nodiscard]] constexpr std::array<std::string_view, kLevelsMax> level_names(Kind kind) noexcept {
  switch (kind) {
    case Kind::kGivenName:
    case Kind::kSurname:
      return {"missing", "different", "similar", "close", "very_close", "alias", "swapped", "same"};
    case Kind::kFullName:
      return {"missing", "different", "similar", "shared_word", "close", "very_close", "alias", "same"};
    case Kind::kDate:
      return {"missing", "different", "decade", "year", "two_edits", "one_edit", "same"};
    case Kind::kYear:
      return {"missing", "different", "decade", "one_edit", "same"};
    case Kind::kSmallNumber:
      return {"missing", "different", "one_edit", "same"};
    case Kind::kNumber:
      return {"missing", "different", "within_40pc", "within_15pc", "within_3pc", "same"};
    case Kind::kEmail:
      return {"missing", "different", "similar_user", "close_user", "same_user", "same"};
    case Kind::kPhone:
      return {"missing", "different", "two_edits", "one_edit", "same_ending", "same"};
    case Kind::kPostcode:
      return {"missing", "different", "same_area", "one_edit", "same"};
    case Kind::kIdNumber:
      return {"missing", "different", "two_edits", "one_edit", "same"};
    case Kind::kCategory:
      return {"missing", "different", "same"};
    case Kind::kPhrase:
      return {"missing", "different", "similar", "shared_words", "close", "very_close", "same"};
    case Kind::kText:
      return {"missing",   "different", "cosine_20", "cosine_35",
              "cosine_50", "cosine_65", "cosine_80", "same"};
    case Kind::kIgnored:
      break;
  }
  return {};
}
[[nodiscard]] constexpr Level top_level(Kind kind) noexcept {
  const auto names = level_names(kind);
  Level top = 0;
  while (top + 1U < kLevelsMax && !names[top + 1U].empty()) ++top;
  return top;
}

}  // namespace zhike::match
