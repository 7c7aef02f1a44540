// Which category a complaint belongs to, by its words: a proposal with its reasons, for a person to accept or
// not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "desk/catalogue.h"
#include "text/aspect_catalogue.h"
#include "text/own_words.h"

namespace zhike::desk {

struct Suggestion {
  std::string category;
  /// Its share of all that speaks for any category, where one word more would speak for none: s / (sum + 1).
  /// Evidence, not a probability: it was not calibrated on labelled complaints.
  double confidence = 0;
  std::vector<std::string> words{};  ///< why: as they stand in the text, each once
};

/// Immutable once made; may be shared between threads. A word of a category counts by how special it is
/// (English words, or halves of Chinese characters), a word of its aspects and intents half as much, each
/// once a text. A category below another that has a word of its own gains all that speaks for that one, so
/// the most special wins. Words are found as text::Intents finds them; negations are not seen.
class Suggester {
 public:
  /// `aspects`: of the trade; those that the catalogue does not name do not matter.
  Suggester(const Catalogue& catalogue, const text::AspectCatalogue* aspects);
  /// The best first, at most `most`; empty: nothing speaks for any category.
  [[nodiscard]] std::vector<Suggestion> suggest(std::string_view text, std::size_t most = 3) const;

 private:
  struct Vote {
    std::uint32_t category = 0;
    double weight = 0;
  };
  void add(const std::u32string& word, std::size_t category, double factor);
  [[nodiscard]] std::vector<double> with_parents(const std::vector<double>& own) const;

  std::vector<std::string> keys_;
  std::vector<std::size_t> parents_;  ///< of each category; itself: none
  std::vector<std::vector<std::uint32_t>> of_intent_;
  std::vector<std::u32string> listed_;
  text::OwnWords words_;
  std::unordered_map<std::uint64_t, std::vector<Vote>> votes_;  ///< by key of the word
};

}  // namespace zhike::desk
