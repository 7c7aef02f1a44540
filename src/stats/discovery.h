// Which of many shares have moved by more than chance. Pure; any thread.
#pragma once

#include <span>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

/// 2 Σ o ln(o / e) of the table of hits and misses in two samples (Dunning 1993, Computational Linguistics
/// 19(1):61-74); 0 where a sample is empty. Never negative.
[[nodiscard]] double log_likelihood(Share before, Share after);
/// Chance of a ratio at least so large where nothing differs: χ² with one degree of freedom (Wilks 1938).
[[nodiscard]] double chance_of(double log_likelihood);
/// Of each p-value the smallest share of false alarms at which it is called: min over those not smaller of p
/// m / rank, at most 1 (Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57:289-300).
[[nodiscard]] std::vector<double> q_values(std::span<const double> p_values);

}  // namespace zhike::stats
