// A model of matching: which columns are compared and how, which pairs are compared at all, and what each
// level of agreement is worth.
//
// The weight of a level is log2(m / u): m is its share among pairs of records of one customer, u among pairs
// of different ones (I. P. Fellegi and A. B. Sunter, A theory for record linkage, JASA 1969). The weights of
// a pair and the prior, log2 of the odds that two records taken at random match, add up to the log2 odds of a
// match.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "match/dates.h"
#include "match/kind.h"
#include "match/values.h"

namespace zhike::match {

inline constexpr std::size_t kComparisonsMax = 16, kRulesMax = 16;
inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

using ByLevel = std::array<double, kLevelsMax>;

struct Comparison {
  std::string column{};
  Kind kind = Kind::kIgnored;
  DayOrder day_order = DayOrder::kDayFirst;
  std::vector<std::string>
      without{};  ///< columns whose words are taken out of the value: they are compared apart
  std::size_t swaps_with = kNone;  ///< the comparison of the other part of a name, with which it is mixed up
  std::uint32_t told_by =
      0;  ///< the comparisons that tell this one, as bits: where one agrees, u_told counts
  /// A person keeps it for life: of two records of one person it is the same or nearly so, but for mistakes.
  /// Learning holds to that; not stored.
  bool lasting = false;
  /// Shares by level, of pairs where neither is missing; [kMissing] unused.
  ByLevel m{}, u{}, u_told{};
  friend bool operator==(const Comparison&, const Comparison&) = default;
};

struct Key {
  std::size_t comparison = 0;
  View view = View::kValue;
  friend bool operator==(const Key&, const Key&) = default;
};

/// Records are compared when all keys of some rule are equal.
struct Rule {
  std::vector<Key> keys{};
  friend bool operator==(const Rule&, const Rule&) = default;
};

struct Model {
  double prior = 0;      ///< log2 odds of a match of two records taken at random
  double merge_at = 0;   ///< log2 odds from which two records are one customer
  double review_at = 0;  ///< log2 odds from which a person should look; below: different customers
  std::vector<Comparison> comparisons{};
  std::vector<Rule> rules{};
  friend bool operator==(const Model&, const Model&) = default;

  /// log2(m / u); `told`: the comparison that tells this one agrees.
  [[nodiscard]] double weight(std::size_t comparison, Level level, bool told = false) const;
};

[[nodiscard]] double probability_of(double log2_odds) noexcept;
[[nodiscard]] double log2_odds_of(double probability) noexcept;
/// "surname.sound + dob.value"
[[nodiscard]] std::string describe(const Rule& rule, const Model& model);

/// The model as TOML, and back. Errors: kBadMatchModel, with the key.
[[nodiscard]] std::string to_toml(const Model& model);
[[nodiscard]] Result<Model> parse_model(std::string_view toml);

}  // namespace zhike::match
