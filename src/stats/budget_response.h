// Budget response: how an outcome answers to what is spent in each channel, what the next unit of money
// brings, and how the same money would be better divided.
//
// The model is that of Jin, Wang, Sun, Chan and Koehler (2017), Bayesian methods for media mix modeling with
// carryover and shape effects, section 2, by least squares instead of priors:
//   outcome_t = base_t + sum over channels of slope · f(a_t),  slope >= 0
//   a_t = (1 - carry) x_t + carry a_(t-1)    geometric carry-over, Koyck (1954); before the first period: the
//                                            mean spend
//   f(a) = a · half / (a + half)             Hill's curve with exponent 1: concave, so what the next unit
//                                            brings only falls (Hanssens, Parsons and Schultz 2001, Market
//                                            Response Models, chapter 3); a straight line as half grows
// base_t is a constant, a straight trend and the season (day of the week; of the year from two years on).
// Carry-over is scaled so that a steady spend x comes to a = x: a response is one to x spent in every period.
//
// It tells what went together over time, which is no experiment: where spend followed demand, figures are too
// high. Pure, so safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

enum class Period : std::uint8_t { kDay, kWeek, kMonth };
[[nodiscard]] std::string_view to_string(Period period) noexcept;  ///< "week"

/// Why there is no answer, or how it is to be taken. Permanent: numbers of the enumeration are not, names
/// are.
enum class BudgetIssue : std::uint8_t {
  // No answer at all:
  kNoOutcome,      ///< 0 in every period
  kNoSpending,     ///< nothing spent at all
  kSeveralMoneys,  ///< amounts of several currencies
  kGap,            ///< a period without any entry between the first and the last
  kCoarse,         ///< amounts are of longer periods than those asked for
  kTooFewPeriods,  ///< fewer than kPeriodsPerParameter for each parameter
  kMoveTogether,   ///< two channels whose spend rises and falls together: which of them it was cannot be told
  kNothingVaries,  ///< no channel is left
  // No answer for a channel; what it brings is part of the base:
  kConstant,      ///< the same in every period
  kSeldom,        ///< spent in fewer than kSpentLeast periods
  kFollowsTrend,  ///< its spend is all but a trend and a season
  // To be borne in mind:
  kFewPeriods,           ///< fewer than kPeriodsPerParameterGood for each parameter
  kNearlyTogether,       ///< as kMoveTogether, to a lesser degree
  kNoYear,               ///< shorter than two years: a season of the year is not told from spend
  kSpendFollowsOutcome,  ///< spend is more after periods that went better than the model says
  kRestDrifts,           ///< what the model leaves over is alike from one period to the next
  kGainUnsure,           ///< the interval of the gain holds 0
};
[[nodiscard]] std::string_view to_string(BudgetIssue issue) noexcept;  ///< "move_together"

struct BudgetNote {
  BudgetIssue issue{};
  std::string channel{}, other{};  ///< empty: of the whole
  double value = 0;                ///< what was found: periods, variance inflation, correlation, p
  double needed = 0;               ///< bound; 0: none
};

/// Least for each parameter; below the second a note. Chan and Perry (2017), Challenges and opportunities in
/// media mix modeling, 2.2, name 7 to 10 for a linear regression.
inline constexpr std::size_t kPeriodsPerParameter = 3, kPeriodsPerParameterGood = 7;
inline constexpr std::size_t kSpentLeast = 5, kBudgetChannelsMax = 12, kBudgetPeriodsMax = 2000;
inline constexpr std::size_t kCurvePoints = 21;
/// Variance inflation: Marquardt (1970), Technometrics 12:591-612, calls more than 10 too much.
inline constexpr double kInflationMost = 10, kInflationGood = 5;

/// Columns of the same length, a period each, none left out; finite; spend at least 0.
struct BudgetSeries {
  struct Channel {
    std::string name;
    std::vector<double> spend;
  };
  Period period = Period::kWeek;
  std::vector<double> outcome{};
  std::vector<Channel> channels{};  ///< up to kBudgetChannelsMax
};

struct BudgetOptions {
  std::uint64_t seed = 1;
  int resamples = 400;  ///< 0: no intervals
  double confidence = kConfidence;
  std::function<void(double share)> progress = {};
};

/// With an interval of percentiles, corrected for bias, over draws of what the model leaves over, which
/// follow each other as it does (budget_rest.h). Begins at 0 where a channel may as well bring nothing.
struct Ranged {
  double value = 0;
  std::optional<Interval> interval{};
};
struct CurvePoint {
  double spend = 0;  ///< in every period
  Ranged brings{};   ///< outcome in every period
};
struct ChannelResponse {
  std::string name;
  double spent = 0;            ///< in all periods
  double present = 0;          ///< mean of the latest periods
  double least = 0, most = 0;  ///< steady spend within what was observed after carry-over, `present` among it
  std::optional<BudgetNote> why{};  ///< why nothing below is said
  double carry = 0;                 ///< share that is left in the next period, 0 to kCarryMost
  double slope = 0;                 ///< outcome of the first unit of money
  std::optional<double> half{};     ///< spend at which half of the most is reached; none: a straight line
  Ranged share{};                   ///< of the whole outcome
  Ranged average{};                 ///< outcome for each unit of money spent
  Ranged marginal{};                ///< outcome of the next unit of money, from `present`
  double better = 0;                ///< in the better division
  std::vector<CurvePoint> curve{};  ///< from `least` to `most`; nothing is said beyond
};
inline constexpr double kCarryMost = 0.9;

struct BudgetResponse {
  std::size_t periods = 0, parameters = 0;
  std::size_t memory = 0;  ///< periods that what is left over was found to remember
  int resamples = 0;
  double confidence = kConfidence;
  double outcome = 0;               ///< in all periods
  std::size_t latest = 0;           ///< periods that `present` is of
  std::vector<BudgetNote> refused;  ///< not empty: nothing else is said but the sums
  std::vector<BudgetNote> notes;
  std::vector<ChannelResponse> channels;  ///< in the order given
  double r2 = 0;
  Ranged base{};     ///< share of the outcome that comes without spending
  double total = 0;  ///< of the channels that are divided, in every period, as at present
  /// Outcome in every period by the better division of `total`, less what such a choice promises too much
  /// (without draws: not less).
  Ranged gain{};
  [[nodiscard]] bool is_answered() const { return refused.empty(); }
};

/// Aborts on columns that break what BudgetSeries says. Cost: about resamples × channels³ × periods × 200.
[[nodiscard]] BudgetResponse budget_response(const BudgetSeries& series, const BudgetOptions& options = {});

/// The concave curves at work in a division; `half` none: a straight line.
struct SpendCurve {
  double slope = 0;
  std::optional<double> half{};
  double least = 0, most = 0;
  [[nodiscard]] double brings(double spend) const;
  [[nodiscard]] double next(double spend) const;  ///< derivative
};
/// Divides `total` so that together the curves bring most: everywhere the next unit brings the same, but at
/// ends. `total` is cut to what the ends allow. By bisection on that price.
[[nodiscard]] std::vector<double> divide(const std::vector<SpendCurve>& curves, double total);

}  // namespace zhike::stats
