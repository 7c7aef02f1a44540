#include "stats/matched.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace zhike::stats {
namespace {

struct Side {
  double n = 0, sum = 0;
  void add(const Moments& more, double sign) {
    n += sign * static_cast<double>(more.n);
    sum += sign * more.sum;
  }
};
struct Stratum {
  Side with, without;
};

struct Total {
  double weight = 0, difference = 0, reference = 0, without = 0;
  void add(const Stratum& of, double sign = 1) {
    // Counts are whole numbers in doubles, so what was all taken away is exactly 0.
    if (of.with.n < 0.5 || of.without.n < 0.5) return;
    const double reference_mean = of.without.sum / of.without.n;
    weight += sign * of.with.n;
    difference += sign * (of.with.sum - of.with.n * reference_mean);
    reference += sign * of.with.n * reference_mean;
    without += sign * of.without.n;
  }
};

using GroupParts = std::map<std::uint32_t, Stratum>;  ///< by stratum

/// Without one group: only the strata that it has a part in change.
std::optional<double> without_group(const std::vector<Stratum>& strata, const Total& total,
                                    const GroupParts& parts) {
  Total rest = total;
  for (const auto& [number, part] : parts) {
    Stratum left = strata[number];
    rest.add(left, -1);
    left.with = {.n = left.with.n - part.with.n, .sum = left.with.sum - part.with.sum};
    left.without = {.n = left.without.n - part.without.n, .sum = left.without.sum - part.without.sum};
    rest.add(left);
  }
  if (rest.weight < 0.5) return std::nullopt;
  return rest.difference / rest.weight;
}

void add_error(MatchedDifference& out, const std::vector<double>& replicates, double confidence) {
  const auto groups = static_cast<double>(replicates.size());
  double squares = 0;
  for (const double one : replicates) squares += (one - out.difference) * (one - out.difference);
  const double error = std::sqrt((groups - 1) / groups * squares);
  if (!(error > 0)) return;
  const boost::math::students_t t(groups - 1);
  const double half = error * boost::math::quantile(t, 0.5 + confidence / 2);
  out.interval = Interval{out.difference - half, out.difference + half};
  out.p_value = 2 * boost::math::cdf(boost::math::complement(t, std::abs(out.difference / error)));
}

}  // namespace

std::optional<MatchedDifference> matched_difference(std::span<const MatchedCell> cells, double confidence) {
  std::map<std::uint32_t, std::uint32_t> numbers;
  std::vector<Stratum> strata;
  std::map<std::uint32_t, GroupParts> groups;
  for (const MatchedCell& cell : cells) {
    const auto number =
        numbers.try_emplace(cell.stratum, static_cast<std::uint32_t>(numbers.size())).first->second;
    if (number == strata.size()) strata.emplace_back();
    Stratum& part = groups[cell.group][number];
    for (Stratum* of : {&strata[number], &part}) {
      of->with.add(cell.with, 1);
      of->without.add(cell.without, 1);
    }
  }
  Total total;
  double with = 0;
  for (const Stratum& of : strata) {
    total.add(of);
    with += of.with.n;
  }
  if (total.weight < 0.5) return std::nullopt;
  MatchedDifference out{.difference = total.difference / total.weight,
                        .reference = total.reference / total.weight,
                        .with = static_cast<std::uint64_t>(total.weight),
                        .without = static_cast<std::uint64_t>(total.without),
                        .unmatched = static_cast<std::uint64_t>(with - total.weight),
                        .interval = {}};
  if (out.with < kMatchedLeast || out.without < kMatchedLeast) return out;
  std::vector<double> replicates;
  for (const auto& [group, parts] : groups) {
    const auto one = without_group(strata, total, parts);
    if (!one) return out;
    replicates.push_back(*one);
  }
  if (replicates.size() >= kMatchedGroupsLeast) add_error(out, replicates, confidence);
  return out;
}

}  // namespace zhike::stats
