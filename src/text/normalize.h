// A text as the models see it. Pure; linear in the length; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zhike::text {

inline constexpr char32_t kUrl = 0xE000;      ///< stands for any address of the web
inline constexpr char32_t kMention = 0xE001;  ///< stands for any @name; the mark of the name follows it
inline constexpr char32_t kNameFirst = 0xF0000, kNameLast = 0xFFFFF;  ///< marks of names: hashes

/// Code points: full-width forms as ASCII, Traditional Chinese as Simplified (character by character, by
/// OpenCC's dictionaries where they are installed), lower case, no invisible characters and combining marks,
/// one space for any run of blanks and none at the ends, at most three equal characters in a row, numbers of
/// four digits and more as one 0. Web addresses become kUrl, @names kMention and a mark. HTML is text like
/// any other. Broken UTF-8 is left out.
[[nodiscard]] std::u32string normalized(std::string_view text);

/// The same, with where it comes from.
struct Placed {
  std::u32string text;
  /// Byte of the original at which each character begins, and the original's length: what was left out
  /// belongs to the character before it.
  std::vector<std::uint32_t> begins;
};
/// Of texts below 4 GiB.
[[nodiscard]] Placed normalized_with_places(std::string_view text);

/// As UTF-8. Marks of addresses and names become nothing.
[[nodiscard]] std::string to_utf8(std::u32string_view normalized);

[[nodiscard]] constexpr bool is_han(char32_t c) noexcept {
  return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}
/// A letter or digit of an alphabet: what words of Latin, Greek or Cyrillic script are made of.
[[nodiscard]] constexpr bool is_word(char32_t c) noexcept {
  return (c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9') || (c >= U'A' && c <= U'Z') ||
         (c >= 0xC0 && c < 0x0590 && c != 0xD7 && c != 0xF7);
}

}  // namespace zhike::text
