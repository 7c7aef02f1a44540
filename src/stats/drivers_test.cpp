#include "stats/drivers.h"

#include <gtest/gtest.h>

#include <vector>

#include "stats/test_designs.h"

namespace zhike::stats {
namespace {

TEST(UsualScale, IsTheNarrowestThatHoldsAll) {
  EXPECT_EQ(usual_scale(std::vector{0.0, 1.0}), (Scale{0, 1}));
  EXPECT_EQ(usual_scale(std::vector{2.0, 4.5}), (Scale{1, 5}));
  EXPECT_EQ(usual_scale(std::vector{0.0, 4.0}), (Scale{0, 10}));
  EXPECT_EQ(usual_scale(std::vector{3.0, 99.0}), (Scale{0, 100}));
  EXPECT_FALSE(usual_scale(std::vector{-1.0, 4.0}));
  EXPECT_FALSE(usual_scale({}));
}

/// Ratings 1 to 5 of two drivers, the first of which matters; a third column in seconds.
test::Table ratings() {
  test::Normal normal(101);
  test::Table out;
  out.drivers.assign(3, {});
  for (int i = 0; i < 300; ++i) {
    out.drivers[0].push_back(1 + static_cast<double>(static_cast<int>(3 * normal.uniform())));
    out.drivers[1].push_back(3 + static_cast<double>(static_cast<int>(3 * normal.uniform())));
    out.drivers[2].push_back(200 * normal.uniform());
    out.target.push_back(out.drivers[0].back() + 0.5 * normal());
  }
  return out;
}

TEST(AnalyseDrivers, FindsWhatIsImportantAndWeak) {
  test::Table table = ratings();
  table.drivers.pop_back();
  const auto found = analyse_drivers(table.design(), {.bootstrap = {.resamples = 200}});
  ASSERT_TRUE(found && found->priorities);
  EXPECT_EQ(found->priorities->places[0].quadrant, Quadrant::kConcentrate);
  EXPECT_EQ(found->priorities->places[1].quadrant, Quadrant::kOverkill);
  EXPECT_TRUE(found->priorities->places[0].clear);
  EXPECT_NEAR(found->performance[0], 2, 0.2);
  EXPECT_NEAR(found->importance.lmg[0].value + found->importance.lmg[1].value, found->regression.r2, 1e-9);
  EXPECT_EQ(found->contrasts.size(), 2);
}

// Seconds and ratings have no common mean to lie above.
TEST(AnalyseDrivers, HasNoMatrixOfDifferentUnits) {
  const test::Table table = ratings();
  const auto found = analyse_drivers(table.design(), {.bootstrap = {.resamples = 50}});
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->priorities);
  EXPECT_EQ(found->no_matrix, NoMatrix::kScales);
  EXPECT_TRUE(
      analyse_drivers(table.design(), {.bootstrap = {.resamples = 50}, .is_on_one_scale = true})->priorities);
}

// Effort from 1 to 5 lowers satisfaction: much of it is no strength.
TEST(AnalyseDrivers, HasNoMatrixWhereADriverIsReversed) {
  test::Table table = ratings();
  table.drivers.pop_back();
  for (double& rated : table.drivers[0]) rated = 6 - rated;
  EXPECT_EQ(analyse_drivers(table.design(), {.bootstrap = {.resamples = 50}})->no_matrix,
            NoMatrix::kReversed);
  table.drivers.pop_back();
  EXPECT_EQ(analyse_drivers(table.design(), {.bootstrap = {.resamples = 50}})->no_matrix, NoMatrix::kSingle);
}

TEST(AnalyseDrivers, TellsItsProgress) {
  const test::Table table = ratings();
  std::vector<double> told;
  EXPECT_TRUE(analyse_drivers(table.design(), {.bootstrap = {.resamples = 20, .progress = [&](double share) {
                                                               told.push_back(share);
                                                             }}}));
  ASSERT_EQ(told.size(), 20);
  EXPECT_DOUBLE_EQ(told.front(), 0.05);
  EXPECT_DOUBLE_EQ(told.back(), 1);
}

TEST(AnalyseDrivers, PassesOnWhyItCannot) {
  test::Table table = ratings();
  table.drivers[1] = table.drivers[0];
  EXPECT_EQ(analyse_drivers(table.design()).error().code, Code::kBadDrivers);
  // Not quite the same: coefficients can still be had, shares cannot.
  test::Normal normal(7);
  for (double& rated : table.drivers[1]) rated += 1e-6 * normal();
  ASSERT_TRUE(regress(table.design()));
  const auto found = analyse_drivers(table.design());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kBadDrivers);
  EXPECT_EQ(found.error().detail, "nearly made up of each other: driver 1, driver 2");
}

}  // namespace
}  // namespace zhike::stats
