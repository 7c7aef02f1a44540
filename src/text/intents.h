// What a text wants and feels, by words of catalog/intents: emotions, intents, flags.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/normalize.h"
#include "text/own_words.h"

namespace zhike::text {

struct IntentLabel {
  std::string group, key, name_en, name_zh;  ///< group: emotion, intent, flag
};

/// Where a label's word stands: bytes of the text as it was given.
struct IntentWord {
  std::uint32_t label = 0;  ///< its place among the labels
  std::uint32_t begin = 0, end = 0;
  float degree = 1;  ///< of the word of degree before it, as catalog/opinions has it: 很 1.6, 有点 0.6
};

/// The labels that come with the program, at most 32, and their words. Thread-safe once made.
///
/// A word counts wherever it stands; of words that begin at one place the longest; of letters whole words
/// only, and their plain plurals do not count. One that follows a negation of catalog/opinions, at most one
/// word of degree between, does not count. It is a list of words and no more: irony, quotations and what is
/// meant without being said are not seen.
class Intents {
 public:
  [[nodiscard]] static const Intents& shipped();

  [[nodiscard]] const std::vector<IntentLabel>& labels() const { return labels_; }
  /// In the order of the text. Linear in the length.
  [[nodiscard]] std::vector<IntentWord> find(const Placed& text) const;

 private:
  Intents() = default;
  static Intents read_shipped();

  std::vector<IntentLabel> labels_;
  OwnWords words_;
  std::unordered_map<std::uint64_t, std::uint32_t> labels_of_;  ///< bits, by key of the word
};

}  // namespace zhike::text
