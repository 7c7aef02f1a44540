#include "stats/interval.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "stats/bootstrap.h"

namespace zhike::stats {
namespace {

constexpr double kTight = 5e-5;

// Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3.
TEST(Wilson, AgreesWithNewcombesTable) {
  const struct {
    Share share;
    double low, high;
  } cases[] = {{{81, 263}, 0.2553, 0.3662},
               {{15, 148}, 0.0624, 0.1605},
               {{0, 20}, 0, 0.1611},
               {{1, 29}, 0.0061, 0.1718}};
  for (const auto& c : cases) {
    const auto interval = wilson(c.share);
    ASSERT_TRUE(interval);
    EXPECT_NEAR(interval->low, c.low, kTight);
    EXPECT_NEAR(interval->high, c.high, kTight);
  }
}

// By hand, z = 1.959964: n = 4, p = 1/2: centre 1/2, half = z·sqrt(1/16 + z²/64)/(1 + z²/4) = 0.349966.
TEST(Wilson, AgreesWithHandWork) {
  const auto interval = wilson({2, 4});
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, 0.150034, 1e-5);
  EXPECT_NEAR(interval->high, 0.849966, 1e-5);
}

TEST(Wilson, RefusesWhatIsNoShare) {
  EXPECT_FALSE(wilson({0, 0}));
  EXPECT_FALSE(wilson({5, 4}));
}

TEST(Wilson, CoversTheTruth) {
  std::mt19937_64 random(7);
  std::binomial_distribution<std::uint64_t> draw(60, 0.12);
  int covered = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto interval = wilson({draw(random), 60});
    covered += interval->low <= 0.12 && 0.12 <= interval->high;
  }
  EXPECT_NEAR(covered / 4000.0, 0.95, 0.02);
}

// By hand: 50 promoters, 30 passives, 20 detractors; with pseudo-answers 50.75, 31.5, 20.75 of 103:
// centre 30/103 = 29.126, variance (71.5/103 - (30/103)²)/103 = 0.0059161, half 1.959964·7.6916 = 15.0753.
TEST(Nps, AgreesWithHandWork) {
  const NpsCounts counts{50, 30, 20};
  EXPECT_DOUBLE_EQ(nps(counts), 30);
  const auto interval = nps_interval(counts);
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, 14.0509, 0.001);
  EXPECT_NEAR(interval->high, 44.2015, 0.001);
}

// Without a formula: the percentile bootstrap of the mean of +100, 0 and -100 on a large sample.
TEST(Nps, AgreesWithTheBootstrap) {
  const NpsCounts counts{900, 500, 600};
  std::vector<double> answers;
  answers.insert(answers.end(), 900, 100.0);
  answers.insert(answers.end(), 500, 0.0);
  answers.insert(answers.end(), 600, -100.0);
  const auto mean = [](std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  };
  const auto reference = bootstrap(answers, mean, {.seed = 3});
  const auto interval = nps_interval(counts);
  ASSERT_TRUE(reference && interval);
  EXPECT_NEAR(interval->low, reference->low, 0.35);
  EXPECT_NEAR(interval->high, reference->high, 0.35);
}

TEST(Nps, KeepsAWidthWhenAllAgree) {
  const auto interval = nps_interval({20, 0, 0});
  ASSERT_TRUE(interval);
  EXPECT_LT(interval->low, 95);
  EXPECT_LE(interval->high, 100);
  EXPECT_FALSE(nps_interval({}));
}

TEST(Nps, CoversTheTruth) {
  std::mt19937_64 random(11);
  std::discrete_distribution<int> draw({0.2, 0.3, 0.5});
  int covered = 0;
  for (int i = 0; i < 3000; ++i) {
    std::array<std::uint64_t, 3> seen{};
    for (int k = 0; k < 40; ++k) ++seen[static_cast<std::size_t>(draw(random))];
    const auto interval = nps_interval({.promoters = seen[2], .passives = seen[1], .detractors = seen[0]});
    covered += interval->low <= 30 && 30 <= interval->high;
  }
  EXPECT_NEAR(covered / 3000.0, 0.95, 0.02);
}

// Student (1908), Biometrika 6:1-25, extra sleep of twenty records; R 4: t.test(sleep$extra).
TEST(Mean, AgreesWithStudentsSleepData) {
  const std::vector<double> extra{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0,
                                  1.9, 0.8,  1.1,  0.1,  -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
  const auto interval = mean_interval(moments(extra));
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, 0.5955845, 1e-6);
  EXPECT_NEAR(interval->high, 2.4844155, 1e-6);
}

// By hand: 1, 2, 3: mean 2, s = 1, t(2) = 4.302653, half 4.302653 / sqrt(3) = 2.484138.
TEST(Mean, AgreesWithHandWork) {
  const auto interval = mean_interval({.n = 3, .sum = 6, .sum_squares = 14});
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, -0.484138, 1e-5);
  EXPECT_NEAR(interval->high, 4.484138, 1e-5);
  EXPECT_FALSE(mean_interval({.n = 1, .sum = 5, .sum_squares = 25}));
}

TEST(Mean, CoversTheTruth) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> draw(4, 2);
  int covered = 0;
  for (int i = 0; i < 3000; ++i) {
    std::vector<double> sample(12);
    for (double& value : sample) value = draw(random);
    const auto interval = mean_interval(moments(sample));
    covered += interval->low <= 4 && 4 <= interval->high;
  }
  EXPECT_NEAR(covered / 3000.0, 0.95, 0.015);
}

// R 4, help of poisson.test: poisson.test(c(11, 21), c(800, 3011)) gives 0.8584264 to 4.2772659 for the
// rates.
TEST(Ratio, AgreesWithRsPoissonTest) {
  const auto interval = ratio_interval({11, 21});
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low * 3011 / 800, 0.8584264, 1e-5);
  EXPECT_NEAR(interval->high * 3011 / 800, 4.2772659, 1e-5);
}

// By hand: one over one: p of one success in two lies in [1 - sqrt(0.975), sqrt(0.975)].
TEST(Ratio, AgreesWithHandWork) {
  const auto interval = ratio_interval({1, 1});
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, 0.0125791 / 0.9874209, 1e-5);
  EXPECT_NEAR(interval->high, 0.9874209 / 0.0125791, 1e-2);
  EXPECT_FALSE(ratio_interval({3, 0}));
  EXPECT_DOUBLE_EQ(ratio_interval({0, 10})->low, 0);
}

TEST(Ratio, CoversTheTruth) {
  std::mt19937_64 random(9);
  std::poisson_distribution<std::uint64_t> above(30), below(120);
  int covered = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto interval = ratio_interval({above(random), below(random)});
    covered += interval->low <= 0.25 && 0.25 <= interval->high;
  }
  EXPECT_GE(covered / 3000.0, 0.945);  // exact limits are conservative
}

// Conover (1999), table of the order statistics of a median: n = 10 takes 2 and 9, n = 20 takes 6 and 15.
TEST(Quantile, RanksAgreeWithTheTable) {
  EXPECT_EQ(quantile_ranks(10, 0.5)->low, 2U);
  EXPECT_EQ(quantile_ranks(10, 0.5)->high, 9U);
  EXPECT_EQ(quantile_ranks(20, 0.5)->low, 6U);
  EXPECT_EQ(quantile_ranks(20, 0.5)->high, 15U);
  EXPECT_FALSE(quantile_ranks(5, 0.5));  // by hand: 2·(1/2)^5 = 0.0625 > 0.05
  EXPECT_TRUE(quantile_ranks(6, 0.5));   // 2·(1/2)^6 = 0.03125
  EXPECT_FALSE(quantile_ranks(0, 0.5));
}

TEST(Quantile, GridIsNeverTooNarrow) {
  std::vector<double> grid(101);
  std::iota(grid.begin(), grid.end(), 0.0);
  const auto interval = quantile_interval(grid, 101, 0.5);  // observation k has the value k - 1
  const auto ranks = quantile_ranks(101, 0.5);
  ASSERT_TRUE(interval && ranks);
  EXPECT_LE(interval->low, static_cast<double>(ranks->low - 1));
  EXPECT_GE(interval->high, static_cast<double>(ranks->high - 1));
  EXPECT_NEAR(interval->low, 40, 1);
  EXPECT_NEAR(interval->high, 60, 1);
}

TEST(Quantile, CoversTheTruth) {
  std::mt19937_64 random(13);
  std::exponential_distribution<double> draw(1);
  const double truth = std::log(10.0);  // the 90 % quantile
  int covered = 0;
  for (int i = 0; i < 2000; ++i) {
    std::vector<double> sample(80);
    for (double& value : sample) value = draw(random);
    std::sort(sample.begin(), sample.end());
    const auto ranks = quantile_ranks(80, 0.9);
    covered += sample[ranks->low - 1] <= truth && truth <= sample[ranks->high - 1];
  }
  EXPECT_GE(covered / 2000.0, 0.945);
}

TEST(Bootstrap, IsRepeatableAndRefusesTooLittle) {
  const std::vector<double> values{1, 2, 3, 4, 5};
  const auto first = [](std::span<const double> v) { return v[0]; };
  EXPECT_EQ(bootstrap(values, first, {.seed = 4}), bootstrap(values, first, {.seed = 4}));
  EXPECT_FALSE(bootstrap(std::vector<double>{1}, first));
}

}  // namespace
}  // namespace zhike::stats
