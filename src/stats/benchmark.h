// One's own index beside somebody else's figure: is the difference more than chance? Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stats/interval.h"

namespace zhike::stats {

/// A figure from elsewhere, of answers from `least` to `most` each: NPS -100 to 100, a share 0 to 1, a mean
/// its scale's ends.
struct Published {
  double value = 0;
  double least = 0, most = 1;
  std::uint64_t n = 0;             ///< answers; 0: not told, and the figure is taken as it is, without error
  std::optional<double> spread{};  ///< standard deviation of one answer; none: not told
};

/// Of a figure whose answers are told. Without a spread the widest that answers between the ends with that
/// mean can have: variance at most (most - value)(value - least) (Bhatia and Davis 2000, American
/// Mathematical Monthly 107:353-357), which for a share is its variance, so it is never too narrow. A share
/// gets Wilson's interval. None: n is not told or too small, or the value lies outside its ends.
[[nodiscard]] std::optional<Interval> published_interval(const Published& figure,
                                                         double confidence = kConfidence);

enum class Beside { kAbove, kBelow, kNoDifference };  ///< the last: the interval of the difference holds 0
[[nodiscard]] std::string_view to_string(Beside standing) noexcept;  ///< "above"

struct Difference {
  double value = 0;  ///< own less the other
  Interval interval;
  Beside standing = Beside::kNoDifference;
};
/// From the two intervals, which need not be symmetric: the method of variance estimates recovery (Zou and
/// Donner 2008, Statistics in Medicine 27:1693-1702; for shares Newcombe 1998, Statistics in Medicine
/// 17:873-890, method 10). `other` none: its figure is taken as it is. The two samples must be independent.
[[nodiscard]] Difference difference(double own, const Interval& own_interval, double other,
                                    const std::optional<Interval>& other_interval);

}  // namespace zhike::stats
