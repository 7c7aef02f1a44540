// What words mean for an opinion: good, bad, turning, strengthening. Data of catalog/opinions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace zhike::text {

struct Meaning {
  std::int8_t polarity = 0;   ///< 1 good, -1 bad
  std::int8_t amount = 0;     ///< 1 more (高, long), -1 less: good or bad by what it is said of
  std::int8_t more_is = 0;    ///< of a thing: 1 more of it is good (空间), -1 bad (价格)
  bool negates = false;       ///< 不, not
  bool contrasts = false;     ///< 但是, but: a clause begins
  float degree = 1;           ///< of what follows: 很 1.6, 有点 0.6
  std::uint32_t aspects = 0;  ///< bits: the aspects that it names; see aspects.h
  [[nodiscard]] bool is_opinion() const { return polarity != 0 || amount != 0; }
};

/// Words and their meanings. Immutable once made; may be shared between threads.
class Meanings {
 public:
  /// Of the program's catalogue.
  [[nodiscard]] static const Meanings& shipped();

  /// By key_of a normalised word; nothing when it has none.
  [[nodiscard]] const Meaning* find(std::uint64_t key) const {
    const auto found = meanings_.find(key);
    return found == meanings_.end() ? nullptr : &found->second;
  }
  /// Adds the word when it is not there.
  [[nodiscard]] Meaning& of(std::u32string_view word);
  [[nodiscard]] const std::vector<std::u32string>& words() const { return words_; }

 private:
  std::unordered_map<std::uint64_t, Meaning> meanings_;
  std::vector<std::u32string> words_;
};

}  // namespace zhike::text
