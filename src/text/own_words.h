// Words that a text is not to be cut within: a user's dictionary, and what a catalogue looks for.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/words.h"

namespace zhike::text {

/// Immutable once made; may be shared between threads. A word that the dictionary has keeps its chance; any
/// other is a little likelier than its best split.
class OwnWords {
 public:
  OwnWords() = default;
  /// Normalised: see normalize.h. What is empty or longer than kWordMax characters is left out.
  explicit OwnWords(std::span<const std::u32string> words);
  /// Lies in this object.
  [[nodiscard]] WordTable table() const { return WordTable(slots_); }

  static constexpr std::size_t kWordMax = 40;

 private:
  void put(std::uint64_t key, const WordEntry& entry);

  std::vector<WordEntry> slots_;
};

/// Normalised words of a file: one a line. What follows the first blank is left out (frequency and part of
/// speech, as jieba's files have them), and so are lines that begin with #. Errors: kBadFile (not UTF-8, a
/// word of more than kWordMax characters; the detail has the number of the line).
[[nodiscard]] Result<std::vector<std::u32string>> parse_words(std::string_view text);

}  // namespace zhike::text
