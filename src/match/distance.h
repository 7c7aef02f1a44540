// Distances between short texts, bit-parallel: a column of the table of the textbook algorithm is one machine
// word. Texts of more than 64 characters are compared by their first 64.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace zhike::match {

/// The places of each character of one text, as bits. Made once, compared with many texts. Reuse is cheap;
/// not thread-safe, one for each thread.
class Pattern {
 public:
  static constexpr std::size_t kMax = 64;  ///< letters of a text that count
  void set(std::u16string_view text) noexcept;

  /// Jaro's similarity with Winkler's bonus for a common beginning of up to four characters
  /// (W. E. Winkler, String comparator metrics, 1990: p = 0.1). 1 for equal texts, 0 for an empty one.
  [[nodiscard]] double jaro_winkler(std::u16string_view other) const noexcept;

  /// Edits that make one text the other: insert, delete, replace, or swap two neighbours, none edited twice
  /// (optimal string alignment; Damerau 1964). By the recurrences of H. Hyyrö, A bit-vector algorithm for
  /// computing Levenshtein and Damerau edit distances (2003).
  [[nodiscard]] unsigned damerau_levenshtein(std::u16string_view other) const noexcept;

 private:
  [[nodiscard]] std::uint64_t at(char16_t c) const noexcept { return c < kDirect ? direct_[c] : at_other(c); }
  [[nodiscard]] std::uint64_t at_other(char16_t c) const noexcept;
  void clear() noexcept;
  [[nodiscard]] std::u16string_view text() const noexcept { return {text_.data(), size_}; }

  static constexpr char16_t kDirect = 128;
  std::array<std::uint64_t, kDirect> direct_{};
  std::array<char16_t, 64> others_{};  ///< distinct characters beyond ASCII, and their places
  std::array<std::uint64_t, 64> other_places_{};
  std::size_t other_count_ = 0;
  std::array<char16_t, 64> text_{};  ///< its own: what was compared may be gone
  std::size_t size_ = 0;
};

}  // namespace zhike::match
