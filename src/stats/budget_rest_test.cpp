#include "stats/budget_rest.h"

#include <gtest/gtest.h>

#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "stats/budget_fit.h"

namespace zhike::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// What a regression on `columns` leaves of noise that follows itself by `follows`, of variance 1.
VectorXd left_by(const MatrixXd& columns, double follows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const boost::math::normal normal;
  VectorXd out(columns.rows());
  double before = 0;
  for (Index t = -100; t < out.size(); ++t) {
    const double chance = quantile(normal, (static_cast<double>(random() >> 11U) + 0.5) * 0x1p-53);
    before = follows * before + std::sqrt(1 - follows * follows) * chance;
    if (t >= 0) out[t] = before;
  }
  return out - columns * columns.householderQr().solve(out);
}

/// Slow waves: what spend after carry-over looks like.
MatrixXd waves(Index periods) {
  MatrixXd out(periods, 12);
  for (Index t = 0; t < periods; ++t)
    for (Index c = 0; c < 12; ++c)
      out(t, c) = std::cos(3.14159265358979 * static_cast<double>(c) * (static_cast<double>(t) + 0.5) /
                           static_cast<double>(periods));
  return out;
}

double neighbours(const VectorXd& of) {
  const Index n = of.size() - 1;
  return of.head(n).dot(of.tail(n)) / of.squaredNorm();
}

/// Means over many series: variance, and correlation of neighbours.
struct Means {
  double variance = 0, neighbours = 0, left = 0;
};
Means means_of(double follows) {
  constexpr int kSeries = 60;
  const MatrixXd columns = waves(120);
  Means out;
  std::mt19937_64 random(3);
  for (int s = 1; s <= kSeries; ++s) {
    const VectorXd left = left_by(columns, follows, static_cast<std::uint64_t>(s));
    const VectorXd drawn = RestDraws(left, columns, 12).draw(random);
    out.variance += drawn.squaredNorm() / 120 / kSeries;
    out.neighbours += neighbours(drawn) / kSeries;
    out.left += neighbours(left) / kSeries;
  }
  return out;
}

TEST(BudgetRest, DrawsAreAsAlikeAsWhatHappensNotAsWhatIsLeftOver) {
  const Means none = means_of(0);
  EXPECT_LT(none.left, -0.05);  // the waves are gone from it
  EXPECT_NEAR(none.neighbours, 0, 0.03);
  EXPECT_NEAR(none.variance, 1, 0.05);
  const Means some = means_of(0.5);
  EXPECT_LT(some.left, 0.35);
  EXPECT_NEAR(some.neighbours, 0.5, 0.08);
  EXPECT_NEAR(some.variance, 1, 0.12);
}

TEST(BudgetRest, NothingLeftDrawsNothing) {
  std::mt19937_64 random(1);
  const RestDraws rest(VectorXd::Zero(40), waves(40), 12);
  EXPECT_EQ(rest.order(), 0U);
  EXPECT_EQ(rest.draw(random), VectorXd::Zero(40));
}

TEST(BudgetRest, PercentilesByHand) {
  std::vector<double> draws;
  for (int i = 999; i >= 1; --i) draws.push_back(i);
  // Half below: of 999 draws and no doubt of the size the 25th and the 975th.
  const Interval even = corrected_percentiles(draws, 500, 0.95, 1e9);
  EXPECT_NEAR(even.low, 25, 1);
  EXPECT_NEAR(even.high, 975, 1);
  // A share of 0.3 below: z0 = -0.5244, levels Phi(-1.0488 -/+ 1.96) = 0.00131 and 0.8188.
  const Interval high = corrected_percentiles(draws, 300, 0.95, 1e9);
  EXPECT_NEAR(high.low, 1.3, 1);
  EXPECT_NEAR(high.high, 818.8, 1.5);
  // Few periods: t of 5 is 2.5706, Phi(-2.5706) = 0.00508.
  EXPECT_NEAR(corrected_percentiles(draws, 500, 0.95, 5).low, 5.08, 1);
}

}  // namespace
}  // namespace zhike::stats
