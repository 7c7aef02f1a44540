#include "stats/reliability.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "stats/test_designs.h"

namespace zhike::stats {
namespace {

using Items = std::vector<std::vector<double>>;

std::vector<std::span<const double>> spans(const Items& items) { return {items.begin(), items.end()}; }

// By hand: items (1, 2, 3, 4) and (2, 1, 4, 3): variances 5/3 each, of their sum (3, 3, 7, 7) 16/3; alpha = 2
// (1 - (10/3) / (16/3)) = 0.75. F(3, 3) at 97.5 % is 15.43918, so the interval is 1 - 0.25 · 15.43918 to 1 -
// 0.25 / 15.43918.
TEST(Cronbach, AgreesWithHandWork) {
  const Items items{{1, 2, 3, 4}, {2, 1, 4, 3}};
  const auto found = cronbach(spans(items));
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->alpha, 0.75, 1e-12);
  EXPECT_NEAR(found->interval.low, 1 - 0.25 * 15.43918, 1e-5);
  EXPECT_NEAR(found->interval.high, 1 - 0.25 / 15.43918, 1e-7);
  EXPECT_EQ(composite(spans(items)), (std::vector<double>{1.5, 1.5, 3.5, 3.5}));
}

// The other definition: from the two-way analysis of variance, 1 - mean square of the residuals over that of
// the rows (Hoyt 1941, Psychometrika 6:153-160).
double hoyt(const Items& items) {
  const double k = static_cast<double>(items.size()), n = static_cast<double>(items[0].size());
  double all = 0, rows = 0, columns = 0, total = 0;
  for (const auto& item : items)
    for (const double value : item) all += value * value, total += value;
  for (std::size_t i = 0; i < items[0].size(); ++i) {
    double sum = 0;
    for (const auto& item : items) sum += item[i];
    rows += sum * sum / k;
  }
  for (const auto& item : items) {
    double sum = 0;
    for (const double value : item) sum += value;
    columns += sum * sum / n;
  }
  const double base = total * total / (n * k);
  const double residual = (all - rows - columns + base) / ((n - 1) * (k - 1));
  return 1 - residual / ((rows - base) / (n - 1));
}

// Five items that share half of their variance: alpha is 5 · 0.5 / (1 + 4 · 0.5) = 0.8333 (Spearman and
// Brown).
TEST(Cronbach, AgreesWithHoytAndHoldsTheTruth) {
  test::Normal normal(91);
  int held = 0;
  double mean = 0;
  constexpr int kRuns = 500;
  for (int run = 0; run < kRuns; ++run) {
    const Items items = test::correlated(normal, 50, 5, 0.5).drivers;
    const auto found = cronbach(spans(items));
    ASSERT_TRUE(found);
    if (run < 20) EXPECT_NEAR(found->alpha, hoyt(items), 1e-10);
    mean += found->alpha / kRuns;
    held += found->interval.low <= 2.5 / 3 && 2.5 / 3 <= found->interval.high ? 1 : 0;
  }
  EXPECT_NEAR(mean, 2.5 / 3, 0.01);
  EXPECT_NEAR(held / double{kRuns}, 0.95, 0.025);
}

TEST(Cronbach, HasNoneWithoutSeveralItemsThatVary) {
  EXPECT_FALSE(cronbach({}));
  EXPECT_FALSE(cronbach(spans({{1, 2, 3}})));
  EXPECT_FALSE(cronbach(spans({{1}, {2}})));
  EXPECT_FALSE(cronbach(spans({{1, 2, 3}, {3, 2, 1}})));
}

}  // namespace
}  // namespace zhike::stats
