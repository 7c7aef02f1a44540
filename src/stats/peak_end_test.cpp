#include "stats/peak_end.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace zhike::stats {
namespace {

std::vector<JudgedJourney> simulated(std::uint64_t seed, std::size_t customers, double by_peak, double by_end,
                                     double by_average) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> noise(0, 0.5), own(0, 0.3);
  std::uniform_real_distribution<double> value(-1, 1);
  std::vector<JudgedJourney> out;
  for (std::size_t c = 0; c < customers; ++c) {
    const double mood = own(random);
    for (std::size_t j = 0; j <= c % 3; ++j) {
      std::vector<EmotionMoment> moments(3 + random() % 6);
      for (EmotionMoment& one : moments) one = {static_cast<std::uint32_t>(random() % 3), value(random)};
      const EmotionCurve curve = curve_of(moments);
      out.push_back(
          {c,
           5 + by_peak * curve.peak + by_end * curve.end + by_average * curve.average + mood + noise(random),
           curve});
    }
  }
  return out;
}

TEST(PeakEnd, ThePeakIsTheFirstMomentFarthestFromTheMiddle) {
  const std::vector<EmotionMoment> moments{{0, 0.2}, {1, -0.9}, {2, 0.9}, {3, 0.1}};
  const EmotionCurve curve = curve_of(moments);
  EXPECT_DOUBLE_EQ(curve.peak, -0.9);
  EXPECT_EQ(curve.peak_stage, 1U);
  EXPECT_DOUBLE_EQ(curve.end, 0.1);
  EXPECT_EQ(curve.end_stage, 3U);
  EXPECT_NEAR(curve.average, 0.075, 1e-12);
}

TEST(PeakEnd, WhatIsPlantedWithoutNoiseIsFound) {
  // The judgement is 6 + 2 peak + 3 end. Peaks are 1 and -1 in turn, ends 0.5 every third journey, else 0;
  // the peak is in stage 0 for half of the journeys, the end always in stage 2.
  std::vector<JudgedJourney> journeys;
  for (std::uint32_t i = 0; i < 60; ++i) {
    const double peak = i % 2 == 0 ? 1 : -1, end = i % 3 == 0 ? 0.5 : 0;
    journeys.push_back(
        {i,
         6 + 2 * peak + 3 * end,
         {.peak = peak, .end = end, .average = i < 30 ? 1.0 : -1.0, .peak_stage = i % 2, .end_stage = 2}});
  }
  const PeakEndAnswer answer = peak_end(journeys, 3);
  ASSERT_TRUE(answer.found);
  const PeakEnd& found = *answer.found;
  EXPECT_NEAR(found.peak_weight->value, 2, 1e-9);
  EXPECT_NEAR(found.end_weight->value, 3, 1e-9);
  // Of the variance of the judgement, 4 × 1 + 9 × 0.25 × 2/9 = 4.5, the peak explains 4 and the end 0.5; the
  // mean of both has the covariance (2 + 3/18) / 2 and the variance (1 + 1/18) / 4.
  EXPECT_NEAR(found.peak_r2.value, 4 / 4.5, 1e-9);
  EXPECT_NEAR(found.end_r2.value, 0.5 / 4.5, 1e-9);
  const double covariance = (2 + 3.0 / 18) / 2, variance = (1 + 1.0 / 18) / 4;
  EXPECT_NEAR(found.peak_end_r2.value, covariance * covariance / (variance * 4.5), 1e-9);
  EXPECT_NEAR(found.average_r2.value, 0, 1e-9);
  ASSERT_EQ(found.stages.size(), 3U);
  EXPECT_NEAR(found.stages[0].gain.value, 1, 1e-9);
  EXPECT_NEAR(found.stages[1].gain.value, 1, 1e-9);
  EXPECT_NEAR(found.stages[2].gain.value, 3, 1e-9);
  EXPECT_DOUBLE_EQ(found.stages[2].end_share, 1);
}

TEST(PeakEnd, WhatDrivesTheJudgementIsRecovered) {
  int peaks = 0, averages = 0, inside = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const PeakEndAnswer by_both = peak_end(simulated(seed, 200, 1, 0.8, 0), 3);
    ASSERT_TRUE(by_both.found);
    peaks += by_both.found->difference.interval->low > 0 ? 1 : 0;
    const auto& weight = *by_both.found->peak_weight;
    inside += weight.interval->low <= 1 && 1 <= weight.interval->high ? 1 : 0;
    const PeakEndAnswer by_average = peak_end(simulated(seed, 200, 0, 0, 2), 3);
    averages += by_average.found->difference.interval->high < 0 ? 1 : 0;
  }
  EXPECT_GE(peaks, 7);
  EXPECT_GE(averages, 7);
  EXPECT_GE(inside, 6);  // fewer have a chance of 0.6 % at 95 %
}

TEST(PeakEnd, TooFewAndTooAlikeAreRefused) {
  auto journeys = simulated(1, 200, 1, 1, 0);
  EXPECT_EQ(peak_end({}, 3).why, PeakEndRefusal::kTooFew);
  EXPECT_EQ(peak_end(std::span(journeys).first(49), 3).why, PeakEndRefusal::kTooFew);
  for (JudgedJourney& one : journeys) one.group %= 20;
  EXPECT_EQ(peak_end(journeys, 3).why, PeakEndRefusal::kTooFew) << "customers";
  journeys = simulated(1, 200, 1, 1, 0);
  for (JudgedJourney& one : journeys) one.overall = 7.1;
  EXPECT_EQ(peak_end(journeys, 3).why, PeakEndRefusal::kNoScatter);
  journeys = simulated(1, 200, 1, 1, 0);
  for (JudgedJourney& one : journeys) one.curve.end = one.curve.peak;
  const PeakEndAnswer same = peak_end(journeys, 3);
  ASSERT_TRUE(same.found) << "peak and end are one, and predict all the same";
  EXPECT_FALSE(same.found->peak_weight);
  EXPECT_TRUE(same.found->stages.empty());
}

}  // namespace
}  // namespace zhike::stats
