#include "stats/nested_shares.h"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace zhike::stats {
namespace {

constexpr int kRounds = 12, kSearchSteps = 40;
constexpr std::size_t kCells = 400;
constexpr double kLeast = 1e-4;  // of a mean: distance from 0 and 1

double inside(double share) { return std::clamp(share, kLeast, 1 - kLeast); }

/// ln B(a, b) without the sign: all arguments are positive, and lgamma of glibc writes a global otherwise.
double log_beta(double a, double b) {
  int sign = 0;
  return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

/// Where `value` of the size is largest, on a logarithmic scale; golden section.
template <class Value>
double best_size(const Value& value) {
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  double low = std::log(kSizeLeast), high = std::log(kSizeMost);
  double left = high - ratio * (high - low), right = low + ratio * (high - low);
  double at_left = value(std::exp(left)), at_right = value(std::exp(right));
  for (int step = 0; step < kSearchSteps; ++step) {
    if (at_left > at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - ratio * (high - low);
      at_left = value(std::exp(left));
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + ratio * (high - low);
      at_right = value(std::exp(right));
    }
  }
  const double found = std::exp((low + high) / 2);
  // Where customers hardly differ the likelihood rises to its end: say so with the end itself.
  return value(kSizeMost) >= value(found) ? kSizeMost : found;
}

double log_likelihood(double mean, double size, double hits, double n) {
  const double a = mean * size, b = (1 - mean) * size;
  return log_beta(a + hits, b + n - hits) - log_beta(a, b);
}

double weight(double n, double size) { return n / (1 + (n - 1) / (size + 1)); }

struct GroupMean {
  double mean = 0, variance = 0;
};
GroupMean mean_of(const NestedShares& fit, double informed, double hits) {
  const double m = fit.group_size;
  GroupMean out{.mean = inside((hits + m * fit.mean) / (informed + m))};
  const double drawn = m / (informed + m);
  out.variance = out.mean * (1 - out.mean) / (informed + m + 1) + drawn * drawn * fit.mean_variance;
  return out;
}

/// The parts of a fit that follow from the size of customers: what groups tell, how they differ, all.
void fit_groups(std::span<const SharesOfCustomers> rows, NestedShares& fit) {
  for (GroupShare& group : fit.groups) group.informed = group.hits_informed = 0;
  for (const SharesOfCustomers& row : rows) {
    if (row.n == 0) continue;
    const auto n = static_cast<double>(row.n);
    const double informs = static_cast<double>(row.count) * weight(n, fit.own_size);
    fit.groups[row.group].informed += informs;
    fit.groups[row.group].hits_informed += informs * static_cast<double>(row.hits) / n;
  }
  std::size_t filled = 0;
  for (const GroupShare& group : fit.groups)
    if (group.n > 0) ++filled;
  for (int round = 0; round < kRounds; ++round) {
    double sum = 0, hits = 0;
    for (const GroupShare& group : fit.groups) {
      if (group.n == 0) continue;
      const double informs = std::min(group.informed, weight(std::max(1.0, group.informed), fit.group_size));
      sum += informs;
      hits += informs * group.hits_informed / group.informed;
    }
    // Half a hit and half a miss more (Jeffreys): a mean of 0 or 1 would admit no doubt.
    fit.mean = inside((hits + 0.5) / (sum + 1));
    fit.mean_variance = fit.mean * (1 - fit.mean) / (sum + 2);
    if (filled < kGroupsLeast) return;
    const double before = fit.group_size;
    fit.group_size = best_size([&](double size) {
      double total = 0;
      for (const GroupShare& group : fit.groups)
        if (group.n > 0) total += log_likelihood(fit.mean, size, group.hits_informed, group.informed);
      return total;
    });
    if (std::abs(std::log(fit.group_size / before)) < 1e-3) return;
  }
}

double size_of_customers(std::span<const SharesOfCustomers> rows, const NestedShares& fit) {
  std::vector<double> means;
  for (const GroupShare& group : fit.groups)
    means.push_back(mean_of(fit, group.informed, group.hits_informed).mean);
  return best_size([&](double size) {
    double total = 0;
    for (const SharesOfCustomers& row : rows)
      if (row.n > 0)
        total +=
            static_cast<double>(row.count) *
            log_likelihood(means[row.group], size, static_cast<double>(row.hits), static_cast<double>(row.n));
    return total;
  });
}

BetaShare beta_of(double mean, double variance) {
  const double size = std::max(mean * (1 - mean) / variance - 1, kSizeLeast);
  return {.a = mean * size, .b = (1 - mean) * size};
}

/// Values outside of which hardly any probability lies.
Interval range_of(std::span<const Prospect> prospects) {
  constexpr double kSpreads = 8;
  Interval out{.low = std::numeric_limits<double>::max(), .high = std::numeric_limits<double>::lowest()};
  for (const Prospect& one : prospects) {
    const double mean = one.share.mean();
    const double spread = kSpreads * std::sqrt(mean * (1 - mean) / (one.share.size() + 1));
    out.low = std::min(out.low, one.worth * std::max(0.0, mean - spread) - one.cost);
    out.high = std::max(out.high, one.worth * std::min(1.0, mean + spread) - one.cost);
  }
  return out;
}

double is_below(const Prospect& one, double value) {
  const double share = (value + one.cost) / one.worth;
  if (share <= 0) return 0;
  return share >= 1 ? 1 : boost::math::ibeta(one.share.a, one.share.b, share);
}

}  // namespace

bool NestedShares::knows_own() const { return repeated >= kRepeatedLeast; }

Interval interval_of(const BetaShare& share, double confidence) {
  const double tail = (1 - confidence) / 2;
  return {.low = boost::math::ibeta_inv(share.a, share.b, tail),
          .high = boost::math::ibeta_inv(share.a, share.b, 1 - tail)};
}

NestedShares fit_nested_shares(std::span<const SharesOfCustomers> rows, std::size_t groups) {
  NestedShares out{.group_size = kSizeMost, .own_size = kSizeMost, .groups = std::vector<GroupShare>(groups)};
  // Equal rows add up: the cost goes with the different ones.
  std::map<std::pair<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>>, std::uint64_t> counts;
  for (const SharesOfCustomers& row : rows)
    if (row.n > 0) counts[{row.group, {row.hits, row.n}}] += row.count;
  std::vector<SharesOfCustomers> different;
  for (const auto& [key, count] : counts) {
    const SharesOfCustomers row{
        .group = key.first, .hits = key.second.first, .n = key.second.second, .count = count};
    GroupShare& group = out.groups[row.group];
    group.customers += count;
    group.hits += row.hits * count;
    group.n += row.n * count;
    out.customers += count;
    out.hits += row.hits * count;
    out.n += row.n * count;
    if (row.n > 1) out.repeated += count;
    different.push_back(row);
  }
  fit_groups(different, out);
  if (!out.knows_own()) return out;
  for (int round = 0; round < kRounds; ++round) {
    const double before = out.own_size;
    out.own_size = size_of_customers(different, out);
    fit_groups(different, out);
    if (std::abs(std::log(out.own_size / before)) < 1e-3) break;
  }
  return out;
}

BetaShare expected_share(const NestedShares& fit, std::uint32_t group, OwnTrials own) {
  double informed = 0, hits = 0;
  if (group < fit.groups.size()) {
    informed = fit.groups[group].informed;
    hits = fit.groups[group].hits_informed;
  }
  if (own.n > 0 && fit.knows_own()) {
    const double mine = weight(static_cast<double>(own.n), fit.own_size);
    const double share = static_cast<double>(own.hits) / static_cast<double>(own.n);
    informed = std::max(0.0, informed - mine);
    hits = std::clamp(hits - mine * share, 0.0, informed);
  }
  const GroupMean expected = mean_of(fit, informed, hits);
  const double binary = expected.mean * (1 - expected.mean);
  // Total variance: of the group's mean, and of customers about it.
  const double variance = expected.variance + std::max(0.0, binary - expected.variance) / (fit.own_size + 1);
  BetaShare out = beta_of(expected.mean, std::min(variance, binary / (1 + kSizeLeast)));
  if (fit.knows_own()) {
    out.a += static_cast<double>(own.hits);
    out.b += static_cast<double>(own.n - own.hits);
  }
  return out;
}

std::vector<double> probabilities_of_best(std::span<const Prospect> prospects) {
  std::vector<double> out(prospects.size(), 0);
  if (prospects.empty()) return out;
  const Interval range = range_of(prospects);
  const double step = (range.high - range.low) / static_cast<double>(kCells);
  // Of each the probability to lie below a value, by the ends of the cells.
  std::vector<std::array<double, kCells + 1>> below(prospects.size());
  for (std::size_t c = 0; c < prospects.size(); ++c)
    for (std::size_t i = 0; i <= kCells; ++i)
      below[c][i] = is_below(prospects[c], range.low + step * static_cast<double>(i));
  for (std::size_t c = 0; c < prospects.size(); ++c)
    for (std::size_t i = 0; i < kCells; ++i) {
      double here = below[c][i + 1] - below[c][i];
      for (std::size_t o = 0; o < prospects.size() && here > 0; ++o)
        if (o != c) here *= (below[o][i] + below[o][i + 1]) / 2;
      out[c] += here;
    }
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  if (sum > 0)
    for (double& one : out) one /= sum;
  return out;
}

}  // namespace zhike::stats
