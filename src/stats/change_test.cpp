#include "stats/change.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace zhike::stats {
namespace {

// Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10.
TEST(CompareShares, AgreesWithNewcombesTable) {
  const struct {
    Share before, after;
    double low, high;
  } cases[] = {{{48, 80}, {56, 70}, 0.0524, 0.3339},
               {{3, 10}, {9, 10}, 0.1705, 0.8090},
               {{0, 29}, {5, 56}, -0.0381, 0.1926}};
  for (const auto& c : cases) {
    const auto change = compare(c.before, c.after);
    ASSERT_TRUE(change && change->interval);
    EXPECT_NEAR(change->interval->low, c.low, 5e-5);
    EXPECT_NEAR(change->interval->high, c.high, 5e-5);
  }
}

// By hand: 40/100 to 55/100, pooled 0.475, error sqrt(0.475·0.525·0.02) = 0.0706223, z = 2.12397, p =
// 0.03367.
TEST(CompareShares, AgreesWithHandWork) {
  const auto change = compare(Share{40, 100}, Share{55, 100});
  ASSERT_TRUE(change);
  EXPECT_NEAR(change->difference, 0.15, 1e-12);
  EXPECT_NEAR(change->p_value, 0.03367, 1e-4);
  EXPECT_TRUE(change->significant());
  EXPECT_FALSE(change->significant(0.99));
  EXPECT_DOUBLE_EQ(compare(Share{0, 10}, Share{0, 20})->p_value, 1);
  EXPECT_FALSE(compare(Share{0, 0}, Share{1, 2}));
}

// R 4: t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p = 0.07939, 95 % -3.3654832 to
// 0.2054832.
TEST(CompareMeans, AgreesWithStudentsSleepData) {
  const std::vector<double> first{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
  const std::vector<double> second{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
  const auto change = compare(moments(second), moments(first));
  ASSERT_TRUE(change && change->interval);
  EXPECT_NEAR(change->interval->low, -3.3654832, 1e-6);
  EXPECT_NEAR(change->interval->high, 0.2054832, 1e-6);
  EXPECT_NEAR(change->p_value, 0.07939, 1e-5);
  EXPECT_FALSE(compare(moments({}), moments(first)));
}

TEST(CompareMeans, HandlesConstantSamples) {
  const Moments fives{.n = 3, .sum = 15, .sum_squares = 75}, fours{.n = 3, .sum = 12, .sum_squares = 48};
  EXPECT_DOUBLE_EQ(compare(fives, fives)->p_value, 1);
  EXPECT_DOUBLE_EQ(compare(fours, fives)->p_value, 0);
}

// By hand: 40/30/30 against 60/20/20 of 100 each: difference 30; variances 1e4·(71.5/103 - (10/103)²)/103
// = 66.4791 and 1e4·(81.5/103 - (40/103)²)/103 = 62.1799; z = 30 / sqrt(128.659) = 2.64487.
TEST(CompareNps, AgreesWithHandWork) {
  const auto change = compare(NpsCounts{40, 30, 30}, NpsCounts{60, 20, 20});
  ASSERT_TRUE(change);
  EXPECT_DOUBLE_EQ(change->difference, 30);
  EXPECT_NEAR(change->p_value, 0.00817, 1e-4);
}

// By hand: 50/100 to 100/100: log 2 / sqrt(1/50 + 3/100) = 3.0998, p = 0.001937.
TEST(CompareRatios, AgreesWithHandWork) {
  const auto change = compare(CountRatio{50, 100}, CountRatio{100, 100});
  ASSERT_TRUE(change);
  EXPECT_NEAR(change->difference, 0.5, 1e-12);
  EXPECT_NEAR(change->p_value, 0.001937, 1e-5);
  EXPECT_FALSE(compare(CountRatio{0, 100}, CountRatio{1, 100}));
}

// Where nothing changed, a test at 5 % calls about 5 % of the pairs significant.
TEST(Compare, FalseAlarmsStayAtTheLevel) {
  std::mt19937_64 random(17);
  std::binomial_distribution<std::uint64_t> share(200, 0.3);
  std::discrete_distribution<int> answer({0.25, 0.25, 0.5});
  std::poisson_distribution<std::uint64_t> count(80);
  int shares = 0, scores = 0, ratios = 0;
  const int rounds = 2000;
  const auto sample = [&] {
    std::array<std::uint64_t, 3> seen{};
    for (int k = 0; k < 100; ++k) ++seen[static_cast<std::size_t>(answer(random))];
    return NpsCounts{.promoters = seen[2], .passives = seen[1], .detractors = seen[0]};
  };
  for (int i = 0; i < rounds; ++i) {
    shares += compare(Share{share(random), 200}, Share{share(random), 200})->significant();
    scores += compare(sample(), sample())->significant();
    ratios += compare(CountRatio{count(random), count(random)}, CountRatio{count(random), count(random)})
                  ->significant();
  }
  EXPECT_NEAR(shares / double{rounds}, 0.05, 0.02);
  EXPECT_NEAR(scores / double{rounds}, 0.05, 0.02);
  EXPECT_NEAR(ratios / double{rounds}, 0.05, 0.02);
}

// By hand, n = 10: c = round(5.5 - 3.162) = 2, the chance that the median lies below the second value is
// (1 + 10) / 1024 = 0.0107422, its z 2.299362; (9 - 2) / (2 * 2.299362) = 1.522161 for 1 ... 10.
TEST(CompareMedians, AgreesWithHandWork) {
  std::vector<double> before, after;
  for (int i = 1; i <= 10; ++i) {
    before.push_back(i);
    after.push_back(3 + i);
  }
  const auto change = compare_medians(before, after);
  ASSERT_TRUE(change && change->interval);
  EXPECT_DOUBLE_EQ(change->difference, 3);
  const double half = 1.959964 * 1.522161 * std::sqrt(2.0);
  EXPECT_NEAR(change->interval->low, 3 - half, 1e-5);
  EXPECT_NEAR(change->interval->high, 3 + half, 1e-5);
  EXPECT_FALSE(change->significant());
}

TEST(CompareMedians, RefusesAFewValuesAndKnowsConstants) {
  const std::vector<double> few{1, 2, 3, 4}, ones(9, 1.0), twos(9, 2.0);
  EXPECT_FALSE(compare_medians(few, ones));
  EXPECT_FALSE(compare_medians(ones, few));
  EXPECT_EQ(compare_medians(ones, twos)->interval, (Interval{1, 1}));
  EXPECT_DOUBLE_EQ(compare_medians(ones, twos)->p_value, 0);
  EXPECT_DOUBLE_EQ(compare_medians(ones, ones)->p_value, 1);
}

// Skewed values of unequal spread whose medians differ by ln 2 * (3 - 1): the interval holds it 95 times of
// 100, within the error of 1,000 draws.
TEST(CompareMedians, IntervalHoldsTheTruthAsOftenAsItSays) {
  std::mt19937_64 chance(7);
  std::exponential_distribution<double> quick(1.0), slow(1.0 / 3);
  int held = 0;
  for (int draw = 0; draw < 1000; ++draw) {
    std::vector<double> before(60), after(45);
    for (double& value : before) value = quick(chance);
    for (double& value : after) value = slow(chance);
    std::ranges::sort(before);
    std::ranges::sort(after);
    const auto change = compare_medians(before, after);
    ASSERT_TRUE(change);
    const double truth = std::log(2.0) * 2;
    held += change->interval->low <= truth && truth <= change->interval->high ? 1 : 0;
  }
  EXPECT_GE(held, 925);
  EXPECT_LE(held, 985);
}

}  // namespace
}  // namespace zhike::stats
