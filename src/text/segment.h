// A text as words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "text/words.h"

namespace zhike::text {

struct Token {
  enum class Kind : std::uint8_t { kHan, kLetters, kSign };  ///< letters and digits; anything else: one sign

  std::uint32_t begin = 0, end = 0;  ///< characters of the text
  std::uint64_t key = 0;             ///< key_of the characters
  Kind kind = Kind::kSign;
};

/// Cuts normalised text. Belongs to one thread; borrows the table of one's own words.
///
/// Chinese: of all splits into words of the dictionary, the one of greatest chance; single characters that
/// are left side by side are then joined by a hidden Markov model, as jieba does it (cppjieba: MixSegment).
/// Letters and digits are one word as far as they go, with apostrophes inside; a word of the dictionary may
/// hold both (卡拉ok), but none ends within letters. Blanks are left out; any other character is a sign.
/// Linear in the length.
class Segmenter {
 public:
  explicit Segmenter(WordTable own = {}) : own_(own) {}

  /// Replaces `out`. Words of one's own stay whole, and single characters among them are not joined to
  /// others.
  void cut(std::u32string_view text, std::vector<Token>& out);
  /// The logarithm of the chance of the best split.
  [[nodiscard]] float weight(std::u32string_view text);

 private:
  void split(std::u32string_view run);
  void join_singles(std::u32string_view text, std::size_t first, std::size_t last, std::vector<Token>& out);
  [[nodiscard]] bool is_free_single(std::u32string_view text, std::size_t from) const;

  const Dictionary& dictionary_ = dictionary();
  WordTable own_;
  std::vector<float> best_;           ///< of the rest of the run, by where it begins
  std::vector<std::uint32_t> end_;    ///< of the best word that begins here
  std::vector<std::uint8_t> states_;  ///< character × state: the state before
};

}  // namespace zhike::text
