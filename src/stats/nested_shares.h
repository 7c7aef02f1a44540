// Shares of one kind of event for many customers of many groups, each drawn towards its group and each group
// towards all: what may be expected of a customer of whom little or nothing is known, and of several such
// expectations, which is the largest. Pure; any thread.
//
// The model: a customer's own share varies about that of the group as a Beta distribution of size s, the
// group's about that of all as one of size m (a Beta of mean p and size s has the parameters ps, (1 - p)s).
// s and m are estimated from the data by maximum likelihood of the beta-binomial distribution (Griffiths
// 1973, Biometrics 29:637-648), the means with Kleinman's weights n / (1 + (n - 1) / (s + 1)) (1973, Journal
// of the American Statistical Association 68:46-54). That means are estimates too widens what is expected, by
// the law of total variance, to the first order (Kass and Steffey 1989, JASA 84:717-726); without it, large
// samples of like customers would make small differences look certain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

/// `count` customers of a group, of whom each had `hits` among `n` trials.
struct SharesOfCustomers {
  std::uint32_t group = 0;
  std::uint64_t hits = 0, n = 0, count = 1;
};

struct BetaShare {
  double a = 1, b = 1;  ///< above 0
  [[nodiscard]] double mean() const { return a / (a + b); }
  [[nodiscard]] double size() const { return a + b; }
};
/// Equal tails.
[[nodiscard]] Interval interval_of(const BetaShare& share, double confidence = kConfidence);

struct GroupShare {
  std::uint64_t customers = 0, hits = 0, n = 0;
  double informed = 0, hits_informed = 0;  ///< trials, and hits among them, as far as they tell of the mean
};
struct NestedShares {
  std::uint64_t customers = 0, hits = 0, n = 0;  ///< customers with a trial
  std::uint64_t repeated = 0;                    ///< customers with two trials or more
  double mean = 0.5, mean_variance = 0.25;       ///< of all
  double group_size = 0;                         ///< m; kSizeMost: groups do not differ
  double own_size = 0;                           ///< s; kSizeMost: customers of a group do not differ
  std::vector<GroupShare> groups;
  /// Whether s is known at all: with fewer than kRepeatedLeast customers of several trials nothing tells how
  /// far customers differ, and a customer's own trials say no more than those of others.
  [[nodiscard]] bool knows_own() const;
};
inline constexpr std::uint64_t kRepeatedLeast = 30;
inline constexpr double kSizeLeast = 0.2, kSizeMost = 10'000;
inline constexpr std::size_t kGroupsLeast = 3;  ///< with trials: fewer say nothing of how groups differ

/// Rows name groups below `groups`; hits at most n. Rows without a trial count nowhere. Cost: rows × 300.
[[nodiscard]] NestedShares fit_nested_shares(std::span<const SharesOfCustomers> rows, std::size_t groups);

/// Own trials.
struct OwnTrials {
  std::uint64_t hits = 0, n = 0;
};
/// What is expected of a customer of the group (one that is not among them: of a new group) who had these
/// trials, which stand among the rows of the fit and are taken out of the group's before they count as own.
[[nodiscard]] BetaShare expected_share(const NestedShares& fit, std::uint32_t group, OwnTrials own);

/// A share and what it is worth: value = worth × share - cost.
struct Prospect {
  BetaShare share;
  double worth = 1;  ///< above 0, the same of all
  double cost = 0;
};
/// For each the probability that its value is the largest, by integration of its density times the others'
/// distributions, over 400 cells of the values that occur; they sum to 1. Independent shares. Cost: prospects
/// × 401 incomplete betas.
[[nodiscard]] std::vector<double> probabilities_of_best(std::span<const Prospect> prospects);

}  // namespace zhike::stats
