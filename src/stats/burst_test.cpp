#include "stats/burst.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace zhike::stats {
namespace {

std::vector<std::uint8_t> week(std::size_t hours) {
  std::vector<std::uint8_t> out(hours);
  for (std::size_t i = 0; i < hours; ++i) out[i] = static_cast<std::uint8_t>(i % 168);
  return out;
}

/// A day that sleeps and a week that rests: mean 1.
double shape(std::size_t hour) {
  const double day = 1 + 0.8 * std::sin(2 * 3.141592653589793 * (static_cast<double>(hour % 24) - 8) / 24);
  return day * (hour % 168 >= 120 ? 0.7 : 1.12);
}

/// Counts of variance φ times the mean.
std::vector<std::uint64_t> draw(std::mt19937_64& random, std::size_t hours, double mean, double phi) {
  std::vector<std::uint64_t> out(hours);
  for (std::size_t i = 0; i < hours; ++i) {
    double rate = mean * shape(i);
    if (phi > 1) rate = std::gamma_distribution<double>(rate / (phi - 1), phi - 1)(random);
    out[i] = rate > 0 ? std::poisson_distribution<std::uint64_t>(rate)(random) : 0;
  }
  return out;
}

/// Kleinberg's automaton of two states (2003, Data Mining and Knowledge Discovery 7:373-397) in its form for
/// batches, with Poisson counts of a known base rate: the cheapest sequence by dynamic programming.
std::vector<bool> kleinberg(const std::vector<std::uint64_t>& counts, const std::vector<double>& base,
                            double times) {
  const double step = std::log(static_cast<double>(counts.size()));
  std::vector<std::array<bool, 2>> from_high(counts.size());
  double low = 0, high = step;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto y = static_cast<double>(counts[i]);
    const double here = base[i] - y * std::log(base[i]),
                 there = times * base[i] - y * std::log(times * base[i]);
    from_high[i] = {high < low, high < low + step};
    const double next_low = std::min(low, high) + here;
    high = std::min(high, low + step) + there;
    low = next_low;
  }
  std::vector<bool> out(counts.size());
  bool is_high = high < low;
  for (std::size_t i = counts.size(); i-- > 0;) {
    out[i] = is_high;
    is_high = from_high[i][is_high ? 1 : 0];
  }
  return out;
}

TEST(ChanceOfCount, WorkedByHandAndSummedTermByTerm) {
  EXPECT_NEAR(chance_of_count(3, 1, 1), 1 - 2.5 / std::exp(1), 1e-12) << "Poisson: 1 - e⁻¹ (1 + 1 + 1/2)";
  EXPECT_NEAR(chance_of_count(3, 1, 2), 0.125, 1e-12) << "three heads in a row: geometric of one half";
  EXPECT_EQ(chance_of_count(0, 4, 3), 1);
  // Sums of the terms with the logarithm of the gamma function (an independent program).
  EXPECT_NEAR(chance_of_count(20, 10, 1), 0.003454342, 1e-9);
  EXPECT_NEAR(chance_of_count(20, 10, 2), 0.030714173, 1e-9);
  EXPECT_NEAR(chance_of_count(5, 1.5, 1.25), 0.032793498, 1e-9);
}

TEST(FindBursts, WorkedByHand) {
  // 10 in every hour of two weeks, then one hour of 60: nothing varies, so 10 are expected and φ is 1.
  std::vector<std::uint64_t> counts(15 * 24, 10);
  counts[14 * 24 + 5] = 60;
  const BurstScan scan = find_bursts(counts, week(counts.size()));
  EXPECT_EQ(scan.tested, counts.size() - 7 * 24);
  EXPECT_NEAR(scan.limit, 1 / (90.0 * 24 * 3), 1e-12);
  EXPECT_TRUE(std::isnan(scan.expected[7 * 24 - 1]));
  EXPECT_NEAR(scan.expected[14 * 24 + 5], 10, 0.01);
  ASSERT_EQ(scan.bursts.size(), 1U);
  const Burst& burst = scan.bursts.front();
  EXPECT_EQ(burst.begin, 14U * 24 + 5);
  EXPECT_EQ(burst.end, 14U * 24 + 6);
  EXPECT_EQ(burst.alarm, burst.begin);
  EXPECT_EQ(burst.peak, burst.begin);
  EXPECT_EQ(burst.count, 60U);
  EXPECT_NEAR(burst.expected, 10, 0.01);
  EXPECT_LT(burst.p_value, scan.limit);
}

TEST(FindBursts, ToleratesWhatItCannotTest) {
  EXPECT_TRUE(find_bursts({}, {}).bursts.empty());
  const std::vector<std::uint64_t> few(7 * 24, 3);
  const BurstScan scan = find_bursts(few, week(few.size()));
  EXPECT_EQ(scan.tested, 0U) << "no history";
  std::vector<std::uint64_t> silent(20 * 24, 0);
  EXPECT_TRUE(find_bursts(silent, week(silent.size())).bursts.empty());
  silent[15 * 24] = 4;
  EXPECT_TRUE(find_bursts(silent, week(silent.size())).bursts.empty()) << "fewer than five are no burst";
  silent[15 * 24] = 5;
  EXPECT_EQ(find_bursts(silent, week(silent.size())).bursts.size(), 1U) << "five where there were none";
}

TEST(FindBursts, FalseAlarmsAreAsRareAsPromised) {
  // 12 series of half a year without bursts, of four kinds: seldom and often, even and scattered.
  std::mt19937_64 random(42);
  for (const auto& [mean, phi] : {std::pair{0.05, 1.0}, {1.0, 1.0}, {5.0, 2.0}, {40.0, 6.0}}) {
    double days = 0;
    std::size_t alarms = 0;
    for (int run = 0; run < 12; ++run) {
      const auto counts = draw(random, 180 * 24, mean, phi);
      const BurstScan scan = find_bursts(counts, week(counts.size()));
      alarms += scan.bursts.size();
      days += static_cast<double>(scan.tested) / 24;
    }
    EXPECT_LE(static_cast<double>(alarms), days / BurstOptions{}.quiet_days)
        << alarms << " in " << days << " days, mean " << mean << ", dispersion " << phi;
  }
}

TEST(FindBursts, RecoversWhatWasPutIn) {
  // Every ten days six hours of five times as much; begin and end to the hour or two, the size within a
  // tenth.
  std::mt19937_64 random(7);
  std::size_t wanted = 0, found = 0, wrong = 0;
  double off = 0;
  for (int run = 0; run < 6; ++run) {
    auto counts = draw(random, 150 * 24, 6, 1.5);
    std::vector<std::size_t> begins;
    for (std::size_t at = 20 * 24 + 9; at + 24 < counts.size(); at += 240) {
      begins.push_back(at);
      for (std::size_t i = at; i < at + 6; ++i)
        counts[i] += std::poisson_distribution<std::uint64_t>(4 * 6 * shape(i))(random);
    }
    const BurstScan scan = find_bursts(counts, week(counts.size()));
    wanted += begins.size();
    for (const Burst& burst : scan.bursts) {
      const auto hit = std::ranges::find_if(
          begins, [&](std::size_t at) { return burst.begin < at + 6 && at < burst.end; });
      if (hit == begins.end()) {
        ++wrong;
        continue;
      }
      ++found;
      off += std::abs(double(burst.begin) - double(*hit)) + std::abs(double(burst.end) - double(*hit + 6));
      EXPECT_LT(burst.alarm, *hit + 6) << "noticed while it lasts";
    }
  }
  EXPECT_GE(found, wanted * 95 / 100);
  EXPECT_LE(wrong, 8U) << "720 days tested: one in 90";
  EXPECT_LE(off / static_cast<double>(found), 3);
}

TEST(FindBursts, AgreesWithKleinbergsAutomaton) {
  std::mt19937_64 random(19);
  std::size_t both = 0, either = 0;
  for (int run = 0; run < 6; ++run) {
    constexpr std::size_t kHours = 60 * 24;
    auto counts = draw(random, kHours, 8, 1);
    std::vector<double> base(kHours);
    for (std::size_t i = 0; i < kHours; ++i) base[i] = 8 * shape(i);
    for (std::size_t at = 30 * 24; at + 48 < kHours; at += 170)
      for (std::size_t i = at; i < at + 8; ++i)
        counts[i] += std::poisson_distribution<std::uint64_t>(2 * base[i])(random);
    const std::vector<bool> wanted = kleinberg(counts, base, 3);
    std::vector<bool> found(kHours);
    for (const Burst& burst : find_bursts(counts, week(kHours)).bursts)
      std::fill(found.begin() + static_cast<std::ptrdiff_t>(burst.begin),
                found.begin() + static_cast<std::ptrdiff_t>(burst.end), true);
    for (std::size_t i = 28 * 24; i < kHours; ++i) {
      both += wanted[i] && found[i];
      either += wanted[i] || found[i];
    }
  }
  EXPECT_GT(either, 150U);
  EXPECT_GE(static_cast<double>(both) / static_cast<double>(either), 0.75);
}

TEST(FindBursts, AWeekOfMoreIsTheNewLevel) {
  std::mt19937_64 random(5);
  auto counts = draw(random, 120 * 24, 5, 1);
  for (std::size_t i = 60 * 24; i < counts.size(); ++i)
    counts[i] += std::poisson_distribution<std::uint64_t>(10 * shape(i))(random);
  const BurstScan scan = find_bursts(counts, week(counts.size()));
  ASSERT_FALSE(scan.bursts.empty());
  EXPECT_LT(scan.bursts.front().begin, 61U * 24);
  EXPECT_LT(scan.bursts.back().end, 95U * 24) << "the history has learned";
  EXPECT_NEAR(scan.expected[119 * 24 + 12] / (15 * shape(119 * 24 + 12)), 1, 0.2);
}

}  // namespace
}  // namespace zhike::stats
