// Answers weighted to a population that is known: those who answer are seldom like those who were asked. Pure
// numerics; any thread.
//
// Weights are raked: each margin in turn is scaled to the shares of the population until all fit (iterative
// proportional fitting; Deming and Stephan 1940, Annals of Mathematical Statistics 11:427-444). With one
// margin that is post-stratification. It corrects for what the margins tell apart and for nothing else:
// within a level those who answered are taken to be like those who did not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "stats/interval.h"

namespace zhike::stats {

/// A variable that divides the population. Levels are 0 to population.size() - 1.
struct Margin {
  std::string name{};                   ///< "channel"; for errors
  std::vector<std::string> levels{};    ///< names, for errors; as many as `population`
  std::vector<double> population{};     ///< how many, or what share, of each level; none below 0
  std::span<const std::uint32_t> of{};  ///< by respondent: its level; borrowed
};

struct RakeOptions {
  std::uint64_t cell_min = 5;  ///< a level of the population with fewer respondents is refused
  double weight_max = 5;       ///< weights above so many times their mean are cut to it; 1 or more
  double tolerance = 1e-9;     ///< of shares: below it a margin fits
  unsigned rounds_max = 500;
};

struct Raked {
  std::vector<double> weights{};  ///< by respondent, of mean 1
  double gap = 0;                 ///< largest difference of a weighted share from the population's: above the
                                  ///< tolerance where weights were cut, or margins contradict each other
  std::uint64_t trimmed = 0;      ///< weights at the limit
  double largest = 1;
  /// Kish (1965), Survey Sampling, 11.7: (Σw)² / Σw², as many answers as a simple random sample would need
  /// for the same variance where weights have nothing to do with answers; and n divided by it.
  double effective = 0, design = 1;
};

/// Errors: kTooFewRows (a level of the population has fewer respondents than cell_min: names it; no
/// respondents, or nobody in the population), kBadField (a respondent of a level that the
/// population does not have, or lists of different lengths).
[[nodiscard]] Result<Raked> rake(std::span<const Margin> margins, std::size_t respondents,
                                 const RakeOptions& options = {});

struct WeightedMean {
  double value = 0;
  std::uint64_t n = 0;
  double effective = 0;              ///< of the weights of those who have a value
  double error = 0;                  ///< standard error
  std::optional<Interval> interval;  ///< none for fewer than two, or where all values are the same
};
/// Of the values that are numbers (NaN: none). The variance is that of a ratio, linearised: n/(n-1)
/// Σw²(y-ȳ)² / (Σw)² (Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, 5.6), which takes
/// no gain from what the margins explain of the values, so it is on the safe side; Student's t with effective
/// - 1 degrees of freedom. `weights`: one for each value, none below 0.
[[nodiscard]] WeightedMean weighted_mean(std::span<const double> values, std::span<const double> weights,
                                         double confidence = kConfidence);

/// Of values of 0 and 1: Wilson's interval for the number of answers that would have that variance, or where
/// all are the same the effective one (Korn and Graubard 1998, Survey Methodology 24:193-201), so that it
/// never leaves [0, 1].
[[nodiscard]] WeightedMean weighted_share(std::span<const double> values, std::span<const double> weights,
                                          double confidence = kConfidence);

}  // namespace zhike::stats
