// Words and their figures in tables that are read where they lie, and jieba's dictionary, which is part of
// the program: tools/words.py makes its table at build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace zhike::text {

/// A word's key: a hash that grows character by character, so that a text is looked up in one walk. Equal
/// keys of 64 bits are taken for equal words.
inline constexpr std::uint64_t kNoCharacters = 0x9E3779B97F4A7C15ULL;
[[nodiscard]] constexpr std::uint64_t key_step(std::uint64_t key, char32_t c) noexcept {
  key = (key ^ c) * 0xD6E8FEB86659FD93ULL;
  return key ^ key >> 32U;
}
[[nodiscard]] constexpr std::uint64_t key_of(std::u32string_view word) noexcept {
  std::uint64_t key = kNoCharacters;
  for (const char32_t c : word) key = key_step(key, c);
  return key;
}

struct WordEntry {
  static constexpr std::uint16_t kWord = 1, kStop = 2, kContent = 4, kHasIdf = 8;
  static constexpr float kIdfSteps = 4096;

  std::uint32_t check = 0;  ///< low half of the key, never 0; 0: a free slot
  float weight = 0;         ///< logarithm of the chance, below 0
  std::uint16_t idf = 0;    ///< × kIdfSteps
  std::uint16_t flags = 0;  ///< without kWord: only the beginning of words, or a stop word

  [[nodiscard]] bool is(std::uint16_t flag) const { return (flags & flag) != 0; }
};
static_assert(sizeof(WordEntry) == 12);

/// Open addressing with linear probing; has an entry for each beginning of a word too. Borrows its slots, at
/// least one of which is free. A word that is not in it is taken for one that is with a chance of about 1 in
/// 2³². Thread-safe.
class WordTable {
 public:
  WordTable() = default;
  explicit WordTable(std::span<const WordEntry> slots) : slots_(slots) {}
  /// Nothing: no word begins so.
  [[nodiscard]] const WordEntry* find(std::uint64_t key) const noexcept {
    if (slots_.empty()) return nullptr;
    const std::uint32_t check = check_of(key);
    for (std::size_t at = slot_of(key, slots_.size());; at = at + 1 == slots_.size() ? 0 : at + 1) {
      if (slots_[at].check == check) return &slots_[at];
      if (slots_[at].check == 0) return nullptr;
    }
  }
  static constexpr std::uint32_t check_of(std::uint64_t key) noexcept {
    const auto low = static_cast<std::uint32_t>(key);
    return low == 0 ? 1 : low;
  }
  static constexpr std::size_t slot_of(std::uint64_t key, std::size_t slots) noexcept {
    return (key >> 32U) * slots >> 32U;
  }

 private:
  std::span<const WordEntry> slots_;
};

/// Jieba's dictionary and its model of words that are in no dictionary, by states: Begin, End, Middle of a
/// word, Single.
struct Dictionary {
  static constexpr char32_t kHanFirst = 0x4E00, kHanLast = 0x9FFF;

  WordTable words;
  float least = 0;     ///< weight of the rarest word
  float mean_idf = 0;  ///< for words that have none
  std::span<const float, 4> start;
  std::span<const float, 16> transitions;  ///< from × to
  std::span<const float> emissions;        ///< (character - kHanFirst) × state
};

/// Lies in the program: nothing is read or unpacked. Thread-safe.
[[nodiscard]] const Dictionary& dictionary();

}  // namespace zhike::text
