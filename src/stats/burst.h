// Bursts: hours in which far more was said than the profile of the weeks before lets expect. Pure; any
// thread.
//
// The expected count of an hour is level × hour of the day × day of the week, fitted anew for every 24 hours
// to what came before, never to what came after, so that looking back finds what an alarm would have found
// then. Sums over the last 1, 6 and 24 hours are tested against the negative binomial of that mean whose
// variance is φ times the mean (Noufaily and others 2013, Statistics in Medicine 32:1206-1222); φ is
// estimated for each of the three from the history, at its upper 90 % limit, and the error of the mean is
// added to the variance. The limit of a test is what Bonferroni's inequality makes of the wanted rate of
// false alarms. Where a sum is too large, the stretch of it that a rate so much higher explains best (the
// largest sum of log-likelihood ratios) is the burst. Hours of bursts do not enter the history, except of a
// burst longer than a week: that is the new level.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace zhike::stats {

inline constexpr std::array<std::size_t, 3> kBurstWindows{1, 6, 24};  ///< hours

struct BurstOptions {
  std::size_t history = 28 * 24;       ///< hours that the profile is fitted to, at most
  std::size_t history_least = 7 * 24;  ///< hours before the first that is tested
  double quiet_days = 90;              ///< one false alarm in so many days, at most
  std::uint64_t least = 5;             ///< fewer in a window are no burst
};

struct Burst {
  std::size_t begin = 0, end = 0;  ///< hours; `end` is excluded
  std::size_t alarm = 0;           ///< hour at whose end it was noticed
  std::size_t peak = 0;            ///< hour with the most over what was expected
  std::uint64_t count = 0;
  double expected = 0;  ///< of the same hours
  double p_value = 1;   ///< the smallest of its windows
};

struct BurstScan {
  std::vector<Burst> bursts;     ///< in the order of time, never overlapping
  std::vector<double> expected;  ///< of each hour; NaN where the history is too short
  std::size_t tested = 0;        ///< hours
  double limit = 0;              ///< below which the p-value of a window is a burst
};

/// `counts`: of consecutive hours, from the first in which anything could have been counted; `hour_of_week`:
/// by the local clock, 0 is Monday 0:00, up to 167; as long as `counts`. Linear; about 1 µs an hour.
[[nodiscard]] BurstScan find_bursts(std::span<const std::uint64_t> counts,
                                    std::span<const std::uint8_t> hour_of_week,
                                    const BurstOptions& options = {});

/// Chance of at least `count` where `mean` is expected with a variance of `dispersion` (at least 1) times the
/// mean.
[[nodiscard]] double chance_of_count(std::uint64_t count, double mean, double dispersion);

}  // namespace zhike::stats
