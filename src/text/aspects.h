// What texts speak of, and whether well or badly: aspects of a catalogue, or terms that are asked for.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/aspect_catalogue.h"
#include "text/normalize.h"
#include "text/opinions.h"
#include "text/own_words.h"
#include "text/segment.h"
#include "text/shipped.h"

namespace zhike::text {

/// The words that an AspectReader looks for. Immutable once made; may be shared between threads.
class AspectWords {
 public:
  /// `own`: normalised words that are not to be cut.
  explicit AspectWords(const AspectCatalogue& catalogue, std::span<const std::u32string> own = {});
  [[nodiscard]] const Meanings& meanings() const { return meanings_; }
  [[nodiscard]] WordTable table() const { return words_.table(); }

 private:
  Meanings meanings_;
  OwnWords words_;
};

/// Bytes of the text as it was given.
struct Range {
  std::uint32_t begin = 0, end = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

enum class Polarity : std::uint8_t { kNegative, kNeutral, kPositive };

/// A word that speaks for or against, with its degree and negation.
struct Opinion {
  Range where;      ///< from its first negation or degree to its end
  float value = 0;  ///< above 0: for
};

/// An aspect where a text speaks of it.
struct Mention {
  std::uint32_t aspect = 0;  ///< its place in the catalogue; 0 of a term
  Range word, clause;
  Range said;                     ///< of the normalised text: characters that the model reads as its clause
  std::vector<Opinion> opinions;  ///< why; may be empty
  std::array<float, 3> signs{};   ///< opinions, model on the clause, model on the text: see kSignWeights
  float positive = 0;             ///< probability
  Polarity polarity = Polarity::kNeutral;  ///< neutral: the probability is nearer to a half than kUnsure
};

/// Of the logistic regression of signs: a constant, and one weight each. Fitted on the validation part of the
/// restaurants of chinese_absa, which no shipped model has seen: tools/text_aspects.py prints them.
inline constexpr std::array<float, 4> kSignWeights{-0.51F, 1.07F, 0.62F, 0.47F};
/// Of texts that are not Chinese. Not fitted, as there are no labelled ones: the model of English has learned
/// from complaints to airlines and doubts all praise, so what the words of opinion say comes first.
inline constexpr std::array<float, 4> kSignWeightsOther{0.5F, 3.0F, 0.4F, 0.1F};
inline constexpr float kUnsure = 0.1F;
/// Negative, neutral and positive of the probability that an aspect is praised: (1-p)², 1.5 p(1-p) and p²,
/// made to sum to one. Davidson's model for ties (1970, JASA 65:317-328) of strengths p² and (1-p)²; with 1.5
/// the likeliest is neutral just where p is nearer to a half than kUnsure. Pure.
[[nodiscard]] std::array<float, 3> tone_chances(float positive) noexcept;

/// Borrows words and models. Belongs to one thread.
///
/// A text is cut into clauses: at signs, at blanks between Chinese words, before words of contrast. Opinions
/// are the words of catalog/opinions; each is multiplied by the degree before it and turned by a negation
/// among the three words before it (Taboada, Brooke, Tofiloski, Voll and Stede 2011, "Lexicon-based methods
/// for sentiment analysis", sections 2.2 and 2.3; turning by -0.8 in place of their shift). An opinion
/// belongs to the nearest aspect of its clause; aspects side by side (外观和做工都不错) share it. A clause
/// that names an aspect and says nothing of it takes the next clause, else the one before, when that names
/// none. The sum of opinions, bent by tanh, and the log-odds of the shipped models of sentiment on the clause
/// and on the text give the probability. The models take 很高 for praise of anything: where they contradict
/// opinions that depend on the thing (价格很高), they read the text without those words. Linear in the
/// length, but for the clauses that several aspects share.
class AspectReader {
 public:
  AspectReader(const AspectWords& words, const ShippedModels& models)
      : meanings_(words.meanings()), own_(words.table()), segmenter_(words.table()), sentiment_(models) {}

  /// In the order of the text; an aspect at most once in a clause. Valid until the next call.
  [[nodiscard]] std::span<const Mention> read(const Placed& text);
  /// What is said of the term (normalised) where it first occurs; nothing where it does not. Valid until the
  /// next call.
  [[nodiscard]] const Mention* read_term(const Placed& text, std::u32string_view term);

 private:
  struct Word {
    std::uint32_t begin = 0, end = 0;  ///< characters
    Meaning meaning;
  };
  struct Clause {
    std::size_t first = 0, last = 0;  ///< words, the last not among them
    bool has_aspect = false;
  };
  struct Found {
    std::size_t first = 0, last = 0;  ///< words
    std::size_t clause = 0;
    std::uint32_t aspect = 0;
    std::int8_t more_is = 0;
  };

  void take_words(const Placed& text);
  void add_word(std::u32string_view text, const Token& token);
  void take_clauses(std::u32string_view text);
  void find_aspects();
  void judge(const Placed& text);
  [[nodiscard]] std::size_t said_in(const Found& found) const;
  [[nodiscard]] Opinion opinion_at(const Placed& text, std::size_t word, const Clause& clause,
                                   std::int8_t more_is);
  void collect(const Placed& text, std::size_t found, Mention& out);
  void take_mentions(const Placed& text);
  [[nodiscard]] float log_odds(std::u32string_view text);

  const Meanings& meanings_;
  WordTable own_;
  Segmenter segmenter_;
  SentimentReader sentiment_;
  std::vector<Token> tokens_;
  std::vector<Word> words_;
  std::vector<Clause> clauses_;
  std::vector<Found> found_;
  std::vector<Mention> mentions_;
  std::u32string shown_;  ///< the text; blanks for words of amount whose worth is known
};

}  // namespace zhike::text
