// Peak and end against the average: by which of them do people judge a whole? Pure; any thread.
//
// Moments of a journey have values on one scale around 0. Its peak is the moment farthest from 0, the first
// of those (Fredrickson and Kahneman 1993, Journal of Personality and Social Psychology 65:45-55: what is
// remembered of an episode follows its most intense moment and its end, and hardly its length; Kahneman,
// Fredrickson, Schreiber and Redelmeier 1993, Psychological Science 4:401-405). The overall judgement is
// regressed on either predictor alone, (peak + end) / 2 and the average, so that both have one coefficient
// and their R² may be compared; a second regression, on peak and end together, says what a unit of each is
// worth. Intervals are those of the bootstrap over groups (customers), since their journeys go together.
//
// Raising the moments of a stage by one unit moves the predicted judgement by
//   b_peak × (share of journeys whose peak is there) + b_end × (share whose end is there),
// to the first order: as long as the peak stays where it is. It is an effect only if what customers feel on
// the way is why they judge so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

struct EmotionMoment {
  std::uint32_t stage = 0;
  double value = 0;  ///< finite
};
struct EmotionCurve {
  double peak = 0, end = 0, average = 0;
  std::uint32_t peak_stage = 0, end_stage = 0;
};
/// `moments` in order of time, one at least.
[[nodiscard]] EmotionCurve curve_of(std::span<const EmotionMoment> moments);

struct JudgedJourney {
  std::uint64_t group = 0;  ///< customer
  double overall = 0;       ///< finite
  EmotionCurve curve{};
};

/// Fewer journeys, or of fewer groups, are refused.
inline constexpr std::size_t kPeakEndJourneysLeast = 50, kPeakEndGroupsLeast = 30;

struct Estimated {
  double value = 0;
  std::optional<Interval> interval{};  ///< none: resamples had no figure
};
struct StageLeverage {
  double peak_share = 0, end_share = 0;  ///< of journeys whose peak, end is in the stage
  Estimated gain{};                      ///< in the unit of the judgement, of one unit in this stage
};
struct PeakEnd {
  std::size_t journeys = 0, groups = 0;
  Estimated peak_r2{}, end_r2{}, average_r2{}, peak_end_r2{};
  Estimated difference{};  ///< R² of (peak + end) / 2 less that of the average
  /// Of the regression on both; none: peak and end are one and the same.
  std::optional<Estimated> peak_weight{}, end_weight{};
  std::vector<StageLeverage> stages{};  ///< by number; empty without weights
};
enum class PeakEndRefusal : std::uint8_t {
  kNone,
  kTooFew,     ///< journeys or groups
  kNoScatter,  ///< judgements, or what was felt, are all alike
};
struct PeakEndAnswer {
  PeakEndRefusal why = PeakEndRefusal::kNone;
  std::optional<PeakEnd> found{};  ///< of kNone
};
/// `stages`: more than every number of a stage. Cost: 2,000 resamples × groups × (20 + 2 × stages).
[[nodiscard]] PeakEndAnswer peak_end(std::span<const JudgedJourney> journeys, std::size_t stages);

}  // namespace zhike::stats
