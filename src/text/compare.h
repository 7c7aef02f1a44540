// Two models on the same labels: figures with intervals, and whether one is better than by chance.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stats/interval.h"
#include "text/evaluate.h"

namespace zhike::text {

/// What both said of one labelled text: probabilities by class.
struct JudgedTwice {
  std::uint32_t truth = 0;
  std::array<float, 3> before{}, after{};
};

struct Figure {
  double value = 0;
  std::optional<stats::Interval> interval;  ///< 95 %
};
struct ComparedSide {
  Figure accuracy;  ///< Wilson's interval
  Figure macro_f1;  ///< as evaluate.h has it, with the interval of the bootstrap; so the next
  Figure ece;       ///< a calibration error of few rows is too large: the interval is not free of that
  Evaluation whole;
};
struct Comparison {
  std::uint64_t rows = 0;
  ComparedSide before, after;
  std::uint64_t only_before = 0, only_after = 0;  ///< rows that one had right and the other wrong
  /// Of McNemar's exact test, two-sided: how likely a difference as large is if neither is better. McNemar
  /// 1947, Psychometrika 12:153-157; exact by the binomial distribution, as Agresti 2013, Categorical Data
  /// Analysis, 11.1.
  double p_value = 1;
  bool better = false, worse = false;  ///< p_value below 0.05
};

/// Three classes. The same rows give the same answer. Cost: 1,000 resamples. Pure.
[[nodiscard]] Comparison compare(std::span<const JudgedTwice> rows);

/// Of counts of rows that one alone had right. Pure.
[[nodiscard]] double mcnemar(std::uint64_t only_before, std::uint64_t only_after);

}  // namespace zhike::text
