// Names found in texts, and texts that repeat one another. Pure; thread-safe; linear in the text.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace zhike::text {

/// A name as it may be written, of whoever `owner` stands for.
struct KnownName {
  std::string text;
  std::uint32_t owner = 0;
  bool is_exclusion = false;  ///< see MentionFinder
};

struct NameMention {
  std::uint32_t owner = 0;
  std::size_t begin = 0, end = 0;  ///< bytes of the text
  friend bool operator==(const NameMention&, const NameMention&) = default;
};

/// Capitals, full-width forms and Latin accents in capital do not matter; a blank, hyphen or underscore in a
/// name stands for any run of them or for none ("US Airways" is "usairways" and "US-Airways"). Where a name
/// begins or ends with a letter or digit of an alphabet, a word must begin or end there; Chinese names are
/// found anywhere. Of names that overlap, the longest counts (of equal ones the first in the text).
///
/// An exclusion that contains one of its owner's names is a longer name that counts as nobody's: "United
/// States" keeps "United" from being found in it. Any other exclusion rules its owner out of the whole text.
class MentionFinder {
 public:
  /// Names without a letter, digit or other visible character are never found.
  explicit MentionFinder(std::span<const KnownName> names);
  MentionFinder() = default;

  /// In the order of the text; an owner may occur several times.
  [[nodiscard]] std::vector<NameMention> find(std::string_view text) const;
  /// As names are compared: two with the same key are the same. Empty: nothing to find.
  [[nodiscard]] static std::string key_of(std::string_view name);

 private:
  enum class As : std::uint8_t { kName, kCovers, kRulesOut };
  struct Pattern {
    std::u32string letters;  // kGap for a blank
    std::uint32_t owner = 0;
    As as = As::kName;
  };
  struct Folded {
    std::u32string text;
    std::vector<std::size_t> begins;  // and the end
  };
  struct Hit {
    std::size_t begin = 0, end = 0;  // of the folded text
    std::uint32_t pattern = 0;
  };
  static Folded fold(std::string_view text);
  static std::u32string pattern_of(std::string_view name);
  [[nodiscard]] std::vector<Hit> hits(const std::u32string& text) const;

  std::vector<Pattern> patterns_;
  std::unordered_map<char32_t, std::vector<std::uint32_t>> by_first_;
  std::array<bool, 128> ascii_first_{};
};

/// What two posts have in common when one repeats the other: a hash of the letters alone, without addresses
/// of the web, @names, "RT", the words of others behind "//@", blanks, signs and capitals. 0: too little text
/// to tell a repetition from chance (fewer than 12 letters, a Chinese character counting as 2).
[[nodiscard]] std::uint64_t repeat_key(std::string_view text);

}  // namespace zhike::text
