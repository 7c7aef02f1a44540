// Learns a model without labels: how often different records agree from pairs taken at random, how often
// records of one customer agree by expectation-maximisation over the pairs that the blocking rules find.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "match/blocking.h"
#include "match/evaluate.h"
#include "match/model.h"
#include "match/prepare.h"

namespace zhike::match {

/// Pairs that agree alike, counted.
struct Agreement {
  std::uint64_t levels = 0;  ///< kLevelBits for each comparison, the first lowest
  std::uint32_t rules = 0;   ///< that find the pair, as bits
  double count = 0;
  friend bool operator==(const Agreement&, const Agreement&) = default;
};
inline constexpr unsigned kLevelBits = 3;
[[nodiscard]] constexpr Level level_of(std::uint64_t levels, std::size_t comparison) noexcept {
  return static_cast<Level>(levels >> (comparison * kLevelBits) & 7U);
}

struct Evidence {
  std::vector<Agreement> random{};   ///< pairs taken at random: hardly any match
  std::vector<Agreement> blocked{};  ///< pairs that the rules find, or a part of them
  /// By comparison that tells others: pairs at random of those that agree on it; counts add up to all of
  /// them.
  std::vector<std::vector<Agreement>> telling{};
  /// Blocked pairs of which a person has said what they are.
  std::vector<Agreement> same{}, different{};
  double blocked_share = 1;  ///< which part
  double pairs = 0;          ///< that could match
  std::vector<double>
      agreeing{};  ///< by comparison: share of pairs with both values that have the same value
};

struct EstimateOptions {
  double random_pairs = 1e6, blocked_pairs = 2e6;
  std::uint64_t seed = 1;
  std::size_t threads = 1;
};

/// Takes pairs and compares them; `labels` teach, as far as rules find their pairs. The same for the same
/// seed, whatever the threads.
[[nodiscard]] Evidence collect(const Prepared& records, const Blocks& blocks, const Model& model,
                               std::span<const Label> labels, const EstimateOptions& options);

struct Estimated {
  std::size_t rounds = 0;
  bool converged = false;
  double matches = 0;  ///< expected pairs of one customer, those that no rule finds among them
  double found = 0;    ///< share of them that some rule finds
};

/// Sets m, u and prior of the model. Pure.
Estimated estimate(Model& model, const Evidence& evidence);

}  // namespace zhike::match
