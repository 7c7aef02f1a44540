#include "stats/nested_shares.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace zhike::stats {
namespace {

double draw_beta(std::mt19937_64& random, double mean, double size) {
  const double x = std::gamma_distribution<double>(mean * size)(random);
  const double y = std::gamma_distribution<double>((1 - mean) * size)(random);
  return x / (x + y);
}

struct Planted {
  std::vector<SharesOfCustomers> rows;  ///< one a customer
  std::vector<double> shares;           ///< the truth of each
};
Planted plant(std::mt19937_64& random, double mean, double group_size, double own_size, std::uint32_t groups,
              std::size_t customers_each, std::uint64_t trials_most) {
  Planted out;
  for (std::uint32_t g = 0; g < groups; ++g) {
    const double of_group = draw_beta(random, mean, group_size);
    for (std::size_t i = 0; i < customers_each; ++i) {
      const double share = draw_beta(random, of_group, own_size);
      const auto n = std::uniform_int_distribution<std::uint64_t>(0, trials_most)(random);
      out.rows.push_back(
          {.group = g, .hits = std::binomial_distribution<std::uint64_t>(n, share)(random), .n = n});
      out.shares.push_back(share);
    }
  }
  return out;
}

/// P(x > y) of independent Beta shares with whole parameters, as a sum: Miller (2015), from the expansion of
/// the incomplete beta function.
double is_above(double a_x, double b_x, int a_y, double b_y) {
  const auto log_beta = [](double a, double b) {
    return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
  };
  double below = 0;  // P(y > x)
  for (int i = 0; i < a_y; ++i)
    below += std::exp(log_beta(a_x + i, b_x + b_y) - std::log(b_y + i) - log_beta(1 + i, b_y) -
                      log_beta(a_x, b_x));
  return 1 - below;
}

// ---- worked by hand
// ----------------------------------------------------------------------------------------------

TEST(NestedShares, WithoutRepeatedTrialsOwnOnesSayNoMoreThanOthers) {
  const std::vector<SharesOfCustomers> rows{{.group = 0, .hits = 1, .n = 1, .count = 30},
                                            {.group = 0, .hits = 0, .n = 1, .count = 70}};
  const NestedShares fit = fit_nested_shares(rows, 1);
  EXPECT_EQ(fit.customers, 100U);
  EXPECT_EQ(fit.hits, 30U);
  EXPECT_FALSE(fit.knows_own());
  // 100 trials of one group of size 10,000 inform like 100 / (1 + 99 / 10,001) = 99.0198;
  // (0.3 × 99.0198 + 0.5) / (99.0198 + 1) = 0.301999.
  EXPECT_NEAR(fit.mean, 0.301999, 1e-5);
  // (30 + 10,000 × 0.301999) / 10,100 = 0.301979, and of that its variance: 0.301979 × 0.698021 / 10,101 +
  // (10,000 / 10,100)² × 0.301999 × 0.698001 / 101.0198 = 0.0000209 + 0.0020456 = 0.0020664; customers of a
  // size of 10,000 add 0.210787 / 10,001 = 0.0000209: 0.210787 / 0.0020873 - 1 = 99.99.
  const BetaShare expected = expected_share(fit, 0, {.hits = 1, .n = 1});
  EXPECT_NEAR(expected.mean(), 0.301979, 1e-5);
  EXPECT_NEAR(expected.size(), 99.99, 0.05);
}

TEST(NestedShares, OwnTrialsCountOnceAndMoveTheExpectation) {
  std::vector<SharesOfCustomers> rows;
  for (std::uint64_t hits = 0; hits <= 4; ++hits)
    rows.push_back({.group = 0, .hits = hits, .n = 4, .count = 20});
  const NestedShares fit = fit_nested_shares(rows, 1);
  EXPECT_TRUE(fit.knows_own());
  EXPECT_NEAR(fit.mean, 0.5, 1e-9);
  // Each number of hits alike often: the beta-binomial of a = b = 1, a size of 2.
  EXPECT_NEAR(fit.own_size, 2, 0.1);
  const BetaShare none = expected_share(fit, 0, {});
  const BetaShare four = expected_share(fit, 0, {.hits = 4, .n = 4});
  EXPECT_NEAR(none.mean(), 0.5, 1e-9);
  // (1 + 4) / (2 + 4), as with a uniform prior; a little less, as the group lost its best.
  EXPECT_NEAR(four.mean(), 5.0 / 6, 0.01);
}

TEST(ProbabilitiesOfBest, AreThoseWorkedByHand) {
  const std::vector<Prospect> same{{.share = {1, 1}}, {.share = {1, 1}}};
  EXPECT_NEAR(probabilities_of_best(same)[0], 0.5, 1e-9);
  // Densities 2x and 2(1 - y): the integral of 2x (1 - (1 - x)²) is 5/6.
  const std::vector<Prospect> two{{.share = {2, 1}}, {.share = {1, 2}}};
  EXPECT_NEAR(probabilities_of_best(two)[0], 5.0 / 6, 1e-4);
  // A cost of 1/2 of a result: x - 1/2 > y has the probability 1/8 for uniform shares.
  const std::vector<Prospect> dear{{.share = {1, 1}, .worth = 1, .cost = 0.5}, {.share = {1, 1}}};
  EXPECT_NEAR(probabilities_of_best(dear)[0], 0.125, 1e-3);
  EXPECT_TRUE(probabilities_of_best({}).empty());
}

// ---- an independent way
// --------------------------------------------------------------------------------------------

TEST(ProbabilitiesOfBest, EqualTheSumForWholeParameters) {
  for (const auto& [a, b, c, d] :
       {std::array{5, 2, 3, 9}, {40, 60, 31, 69}, {1, 30, 2, 45}, {300, 200, 310, 190}}) {
    const std::vector<Prospect> two{{.share = {static_cast<double>(a), static_cast<double>(b)}},
                                    {.share = {static_cast<double>(c), static_cast<double>(d)}}};
    EXPECT_NEAR(probabilities_of_best(two)[0], is_above(a, b, c, d), 1e-3) << a << " " << b;
  }
}

TEST(ProbabilitiesOfBest, EqualDrawsForFour) {
  const std::vector<Prospect> four{
      {.share = {3, 4}}, {.share = {0.6, 0.9}}, {.share = {20, 22}, .cost = 0.02}, {.share = {1, 4}}};
  std::mt19937_64 random(3);
  std::array<double, 4> wins{};
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) {
    std::array<double, 4> values{};
    for (std::size_t c = 0; c < 4; ++c)
      values[c] = draw_beta(random, four[c].share.mean(), four[c].share.size()) - four[c].cost;
    wins[static_cast<std::size_t>(std::ranges::max_element(values) - values.begin())] += 1.0 / kDraws;
  }
  const auto found = probabilities_of_best(four);
  for (std::size_t c = 0; c < 4; ++c) EXPECT_NEAR(found[c], wins[c], 0.005) << c;
}

// ---- what was planted is found
// ---------------------------------------------------------------------------------------

TEST(NestedShares, RecoversWhatWasPlanted) {
  std::mt19937_64 random(11);
  const Planted planted = plant(random, 0.3, 25, 4, 40, 400, 8);
  const NestedShares fit = fit_nested_shares(planted.rows, 40);
  EXPECT_NEAR(fit.mean, 0.3, 0.04);
  EXPECT_NEAR(fit.own_size, 4, 0.5);
  EXPECT_GT(fit.group_size, 12);
  EXPECT_LT(fit.group_size, 50);
}

TEST(NestedShares, CustomersThatDoNotDifferAreOneShare) {
  std::mt19937_64 random(12);
  Planted planted;
  for (std::uint32_t i = 0; i < 5000; ++i)
    planted.rows.push_back(
        {.group = i % 5, .hits = std::binomial_distribution<std::uint64_t>(6, 0.2)(random), .n = 6});
  const NestedShares fit = fit_nested_shares(planted.rows, 5);
  EXPECT_GT(fit.own_size, 200);
  // Six hits of six hardly move it.
  EXPECT_LT(expected_share(fit, 0, {.hits = 6, .n = 6}).mean(), 0.24);
}

TEST(NestedShares, ExpectationsAreCloserToTheTruthThanOwnShares) {
  std::mt19937_64 random(13);
  const Planted planted = plant(random, 0.4, 15, 6, 10, 300, 6);
  const NestedShares fit = fit_nested_shares(planted.rows, 10);
  double own_error = 0, error = 0;
  std::size_t covered = 0, all = 0;
  for (std::size_t i = 0; i < planted.rows.size(); ++i) {
    const SharesOfCustomers& row = planted.rows[i];
    const BetaShare expected = expected_share(fit, row.group, {.hits = row.hits, .n = row.n});
    const Interval interval = interval_of(expected);
    covered += interval.low <= planted.shares[i] && planted.shares[i] <= interval.high ? 1U : 0U;
    ++all;
    if (row.n == 0) continue;
    const double own = static_cast<double>(row.hits) / static_cast<double>(row.n);
    own_error += std::pow(own - planted.shares[i], 2);
    error += std::pow(expected.mean() - planted.shares[i], 2);
  }
  EXPECT_LT(error, 0.5 * own_error);
  EXPECT_NEAR(static_cast<double>(covered) / static_cast<double>(all), 0.95, 0.02);
}

TEST(NestedShares, ProbabilitiesOfBestComeTrueAsOftenAsTheySay) {
  std::mt19937_64 random(14);
  std::array<double, 5> said{}, came{}, seen{};
  constexpr std::array kMeans{0.25, 0.3, 0.45};
  for (int world = 0; world < 2; ++world) {
    std::array<Planted, 3> channels;
    std::array<NestedShares, 3> fits;
    for (std::size_t c = 0; c < 3; ++c) {
      channels[c] = plant(random, kMeans[c], 20, 5, 8, 40, 6);
      fits[c] = fit_nested_shares(channels[c].rows, 8);
    }
    for (std::size_t i = 0; i < channels[0].rows.size(); ++i) {
      std::array<Prospect, 3> prospects{};
      std::array<double, 3> truth{};
      for (std::size_t c = 0; c < 3; ++c) {
        const SharesOfCustomers& row = channels[c].rows[i];
        prospects[c].share = expected_share(fits[c], row.group, {.hits = row.hits, .n = row.n});
        truth[c] = channels[c].shares[i];
      }
      const auto best = probabilities_of_best(prospects);
      for (std::size_t c = 0; c < 3; ++c) {
        const auto bin = std::min<std::size_t>(4, static_cast<std::size_t>(best[c] * 5));
        said[bin] += best[c];
        came[bin] +=
            std::ranges::max_element(truth) - truth.begin() == static_cast<std::ptrdiff_t>(c) ? 1 : 0;
        ++seen[bin];
      }
    }
  }
  for (std::size_t bin = 0; bin < 5; ++bin) {
    ASSERT_GT(seen[bin], 100) << bin;
    EXPECT_NEAR(came[bin] / seen[bin], said[bin] / seen[bin], 0.06) << bin;
  }
}

// ---- what is odd
// ---------------------------------------------------------------------------------------------------

TEST(NestedShares, NothingAndExtremesHaveFiniteAnswers) {
  const NestedShares nothing = fit_nested_shares({}, 3);
  EXPECT_EQ(nothing.customers, 0U);
  const BetaShare unknown = expected_share(nothing, 7, {});
  EXPECT_GT(interval_of(unknown).high - interval_of(unknown).low, 0.8);
  const std::vector<SharesOfCustomers> always{{.group = 0, .hits = 3, .n = 3, .count = 100}};
  const NestedShares fit = fit_nested_shares(always, 1);
  const BetaShare sure = expected_share(fit, 0, {.hits = 3, .n = 3});
  EXPECT_TRUE(std::isfinite(sure.a) && std::isfinite(sure.b));
  EXPECT_GT(sure.mean(), 0.97);
  EXPECT_LT(interval_of(sure).low, 1);
}

}  // namespace
}  // namespace zhike::stats
