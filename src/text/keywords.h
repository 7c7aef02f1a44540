// What texts are about: words by TF-IDF and by TextRank. Pure; the tables belong to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/segment.h"

namespace zhike::text {

/// Chinese words of two to ten characters that carry content (by their part of speech, where the dictionary
/// has them), and words of three letters and more; no stop words, numbers, negations,
/// words of degree or of contrast.
[[nodiscard]] bool may_be_keyword(std::u32string_view text, const Token& token);

/// Words as numbers, in the order in which they come up.
class Terms {
 public:
  /// No candidate for a keyword.
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  /// Every token as the number of its word or kNone; counts the text. Replaces `out`.
  void add(std::u32string_view text, std::span<const Token> tokens, std::vector<std::uint32_t>& out);

  [[nodiscard]] std::size_t size() const { return words_.size(); }
  [[nodiscard]] std::uint64_t texts() const { return texts_; }
  [[nodiscard]] const std::u32string& word(std::uint32_t term) const { return words_[term]; }
  [[nodiscard]] std::uint64_t count(std::uint32_t term) const { return counts_[term]; }
  [[nodiscard]] std::uint64_t texts_with(std::uint32_t term) const { return texts_with_[term]; }

  /// ln((1 + texts) / (1 + texts that have it)) + 1: of the texts that were added (Spärck Jones 1972, "A
  /// statistical interpretation of term specificity"; the ones keep it above 0).
  [[nodiscard]] double idf(std::uint32_t term) const;
  /// Of Chinese at large, as jieba has it; the mean of all words for one that it does not have.
  [[nodiscard]] double idf_at_large(std::uint32_t term) const;

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> places_;  ///< by key
  std::vector<std::u32string> words_;
  std::vector<std::uint64_t> counts_, texts_with_, last_text_;
  std::uint64_t texts_ = 0;
};

struct Keyword {
  std::uint32_t term = 0;
  double score = 0;
};

/// Share of the text's candidates × idf, of every word of the text (Salton and Buckley 1988, "Term-weighting
/// approaches in automatic text retrieval"). Best first; of equals the lower number first. `idf`: by term.
[[nodiscard]] std::vector<Keyword> tf_idf(std::span<const std::uint32_t> text, std::span<const double> idf);

/// Words as a graph: two are joined when they stand within kWindow tokens of each other, once for each time
/// they do; a word's score is what its neighbours give it (Mihalcea and Tarau 2004, "TextRank: bringing order
/// into texts", sections 2.2 and 3.1, with d = 0.85).
class TextRank {
 public:
  static constexpr std::size_t kWindow = 5;  ///< tokens, both words included
  /// Texts are not joined to each other. kNone takes a place in the window.
  void add(std::span<const std::uint32_t> text);
  /// Of every word that has a neighbour, best first; of equals the lower number first. Scores begin at 1 and
  /// are passed on until none moves by more than 0.0001, at most 100 times. `terms`: numbers are below it.
  [[nodiscard]] std::vector<Keyword> rank(std::size_t terms);
  void clear() { edges_.clear(); }

 private:
  struct Edge {
    std::uint32_t from = 0, to = 0;  ///< from < to
    std::uint32_t times = 1;
  };
  void merge();

  std::vector<Edge> edges_;
  std::size_t merge_at_ = 1 << 20;  ///< edges
};

}  // namespace zhike::text
