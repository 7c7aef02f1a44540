// One comment read whole: language, sentiment, what it speaks of and how, what it wants, and its words.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/result.h"
#include "text/adapt.h"
#include "text/aspects.h"
#include "text/intents.h"
#include "text/language.h"
#include "text/own_words.h"
#include "text/routes.h"
#include "text/segment.h"
#include "text/shipped.h"

namespace zhike::text {

/// What can be chosen of how comments are read.
struct CommentSetup {
  AspectCatalogue aspects{};
  Routes routes{};
  std::vector<std::u32string> words{};  ///< normalised; not to be cut
  std::optional<Adaptation> own{};      ///< learned from own labels of comments
  /// Learned from own labels of aspects: reads the clauses that speak of one, on top of tone_chances().
  std::optional<Adaptation> own_aspects{};
};

/// What comments are read with: the shipped models and words, and what was chosen. Immutable once made; may
/// be shared between threads.
class CommentModels {
 public:
  /// Errors: kBadTextModel.
  [[nodiscard]] static Result<std::unique_ptr<const CommentModels>> make(CommentSetup setup);

  [[nodiscard]] const CommentSetup& setup() const { return setup_; }
  [[nodiscard]] const AspectCatalogue& catalogue() const { return setup_.aspects; }
  [[nodiscard]] const AspectWords& words() const { return words_; }
  [[nodiscard]] const OwnWords& own_words() const { return own_words_; }
  [[nodiscard]] const Router& router() const { return router_; }
  [[nodiscard]] const ShippedModels& sentiment() const { return sentiment_; }

 private:
  CommentModels(CommentSetup setup, const ShippedModels& sentiment)
      : setup_(std::move(setup)),
        words_(setup_.aspects, setup_.words),
        own_words_(setup_.words.empty() ? OwnWords() : OwnWords(setup_.words)),
        router_(setup_.routes, setup_.aspects),
        sentiment_(sentiment) {}

  CommentSetup setup_;
  AspectWords words_;
  OwnWords own_words_;
  Router router_;
  const ShippedModels& sentiment_;
};

/// Changes whenever a comment might be read otherwise: with the models, the words of opinions, intents and of
/// the catalogue, what was chosen, and the code (kCommentReader). 32 hexadecimal digits.
[[nodiscard]] std::string comment_version(const CommentSetup& setup);
/// To be counted up by whoever changes what the code of this module makes of a text.
inline constexpr unsigned kCommentReader = 2;

/// An aspect of a comment. Mentioned several times, it counts once, by the mean of the probabilities.
struct CommentAspect {
  std::uint32_t aspect = 0;  ///< its place in the catalogue
  float positive = 0;
  Polarity polarity = Polarity::kNeutral;
};

/// What a person says of an aspect of one comment, in place of what was read.
struct AspectCorrection {
  std::string aspect{};              ///< key of the catalogue
  std::optional<Polarity> polarity;  ///< nothing: the comment does not speak of it
};

/// What is said of an aspect of a comment, to learn from.
struct AspectExample {
  std::uint32_t aspect = 0;
  std::u32string text;           ///< normalised: the clauses that speak of it
  std::array<float, 3> prior{};  ///< tone_chances() of what was read without own labels
};

struct CommentReading {
  static constexpr std::size_t kWordsMax = 64;
  Language language = Language::kOther;
  /// By kSentimentClasses, and the likeliest of them. Nothing of a language for which there is no model, and
  /// of a text without letters.
  std::optional<Polarity> sentiment;
  std::array<float, 3> chances{};
  std::vector<CommentAspect> aspects;  ///< in the order of the catalogue
  std::vector<std::uint32_t> labels;   ///< of Intents::shipped(), each once, in order
  std::vector<std::uint32_t> routes;   ///< rules that it meets, in their order
  /// Each once, the first kWordsMax; see may_be_keyword. Not what stands for something scrubbed ([phone]).
  std::vector<std::string> words;
};

/// A piece of a comment, and why it was read so.
struct CommentPiece {
  enum class Is : std::uint8_t { kPlain, kAspect, kOpinion, kLabel };
  std::string text;
  Is is = Is::kPlain;
  std::uint32_t number = 0;  ///< of kAspect and kLabel: which
  /// Of kOpinion: above 0 for; of kAspect: probability that it is praised; of kLabel: its degree, 1 without.
  float value = 0;
  Polarity polarity = Polarity::kNeutral;  ///< of kAspect
};

/// Borrows the models. Belongs to one thread.
class CommentReader {
 public:
  explicit CommentReader(const CommentModels& models);
  /// Valid until the next call. Linear in the length, as far as AspectReader is. Corrections count as said:
  /// with a probability of 0, 0.5 or 1; those of aspects that the catalogue does not have are passed over.
  [[nodiscard]] const CommentReading& read(std::string_view text,
                                           std::span<const AspectCorrection> corrections = {});
  /// The text in pieces that together are the text. A word that is several things is an aspect first, then an
  /// opinion. Words of an aspect that a correction says is not there are plain.
  [[nodiscard]] std::vector<CommentPiece> explain(std::string_view text,
                                                  std::span<const AspectCorrection> corrections = {});
  /// What it says of each aspect it speaks of, in the order of the catalogue. Nothing of a language without a
  /// model.
  [[nodiscard]] std::vector<AspectExample> examples(std::string_view text);

 private:
  void gather(const Placed& plain, std::span<const Mention> mentions, bool with_words);
  void take_aspects(const Placed& plain);
  void correct(std::span<const AspectCorrection> corrections);
  [[nodiscard]] CommentAspect judged(std::uint32_t aspect, float positive, std::u32string_view said);
  [[nodiscard]] const AspectCorrection* correction_of(std::uint32_t aspect,
                                                      std::span<const AspectCorrection> corrections) const;
  void take_words(std::u32string_view text);

  const CommentModels& models_;
  SentimentReader sentiment_;
  AspectReader aspects_;
  Segmenter segmenter_;
  CommentReading out_;
  std::vector<Token> tokens_;
  std::unordered_set<std::uint64_t> seen_;
  std::vector<std::pair<float, std::uint32_t>> sums_;  // by aspect: of the probabilities, and how many
  std::vector<std::u32string> said_;                   // by aspect: its clauses
  std::vector<std::uint32_t> features_;
};

[[nodiscard]] std::string_view to_string(Polarity polarity) noexcept;  ///< "negative"
[[nodiscard]] std::optional<Polarity> parse_polarity(std::string_view name) noexcept;

}  // namespace zhike::text
