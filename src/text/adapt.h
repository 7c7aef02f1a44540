// A model of sentiment learned from one's own labels on top of the shipped ones.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"

namespace zhike::text {

/// What own labels add to the shipped models. Of a text with the shipped probabilities p and the buckets B,
/// class c has the score trust · log(max(p_c, kLeastPrior)) + bias_c + Σ_{b in B} weight_{b,c} / √|B|, and
/// the probabilities are the softmax of the scores. Classes as kSentimentClasses. Immutable once made; may be
/// shared between threads.
struct Adaptation {
  static constexpr unsigned kBits = 18;  ///< 1 << kBits buckets
  static constexpr float kLeastPrior = 1e-3F;

  float trust = 1;
  std::array<float, 3> bias{};
  std::vector<std::uint32_t> buckets{};         ///< that have weights, ascending
  std::vector<std::array<float, 3>> weights{};  ///< of each of them

  /// Shipped probabilities to own ones, in place. `scratch` is overwritten.
  void apply(std::u32string_view normalized, std::array<float, 3>& chances,
             std::vector<std::uint32_t>& scratch) const;
  [[nodiscard]] crypto::Hash128 fingerprint() const;
};

[[nodiscard]] std::string to_bytes(const Adaptation& own);
/// Errors: kBadTextModel.
[[nodiscard]] Result<Adaptation> parse_adaptation(std::string_view bytes);

/// A text with a label of one's own.
struct OwnLabel {
  std::u32string text;           ///< normalised
  std::array<float, 3> prior{};  ///< of the shipped models
  std::uint32_t label = 0;       ///< by kSentimentClasses
  bool held_out = false;         ///< is_held_out(text)
};
/// A quarter of the texts, by their hash: equal texts are on one side, and a text stays on its side whatever
/// labels come later. Pure.
[[nodiscard]] bool is_held_out(std::u32string_view normalized) noexcept;

/// Below these nothing is learned: the figures would be chance.
inline constexpr std::size_t kOwnLabelsMin = 80, kHeldOutMin = 15, kOwnClassMin = 10;
/// Errors: kBadTextLabels, saying what is missing: labels, held-out ones, a second class of which there are
/// kOwnClassMin among those to learn from.
[[nodiscard]] Result<void> enough_labels(std::span<const OwnLabel> labels);

struct AdaptOptions {
  std::uint64_t seed = 1;                     ///< of the folds
  std::function<bool(double)> progress = {};  ///< 0 to 1; false: stop
};

/// One strength that was tried: how firmly weights are held at nothing.
struct TriedStrength {
  double strength = 0;  ///< infinite: no weights of words at all, only trust and bias
  double loss = 0;      ///< mean log loss over the folds
};
struct Adapted {
  Adaptation own;
  double strength = 0;  ///< that was chosen
  std::vector<TriedStrength> tried;
  std::size_t learned_from = 0;  ///< labels
};

/// Learns from the labels that are not held out: multinomial logistic regression with the shipped
/// probabilities as an offset that is scaled, weights of words held at nothing by strength/2 · Σ w², trust at
/// one and bias at nothing by kLoose/2. The strength is that of the least log loss in five folds (Stone 1974,
/// "Cross-validatory choice", JRSS B 36:111-147); the folds go by the text's hash. Words of one text alone
/// are left out: they could say whose it is, and tell nothing of others. The loss is convex; it is minimised
/// by L-BFGS (Nocedal and Wright 2006, Numerical Optimization, algorithm 7.5). The same labels in the same
/// order give the same model on one machine and build. Nothing: progress said to stop. Cost: grows with
/// labels × their length; 2,000 comments take seconds. Pure. Errors: as enough_labels().
[[nodiscard]] Result<std::optional<Adapted>> adapt(std::span<const OwnLabel> labels,
                                                   const AdaptOptions& options);

}  // namespace zhike::text
