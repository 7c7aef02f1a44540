#include "feedback/index_figures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "feedback/test_answers.h"

namespace zhike::feedback {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

const IndexColumn& column(const SurveyIndices& found, std::string_view key) {
  static const IndexColumn kAbsent;
  for (const IndexColumn& one : found.columns)
    if (one.key == key) return one;
  ADD_FAILURE() << key;
  return kAbsent;
}

// All expect 6; empathy is perceived as 4 and 5 by turns, and every fifth does not answer it.
TEST(IndexColumns, OfServqualHoldWhatTheIndexIsMadeOf) {
  const auto columns = template_columns("servqual");
  const AnswerTable table = table_of(columns, 20, [](const AnswerColumn& at, std::size_t i) -> double {
    if (at.instrument == "servqual_expected") return 6;
    if (at.instrument != "servqual_perceived") return kNone;
    if (!at.key.starts_with("perceived-empathy")) return 6;
    return i % 5 == 4 ? kNone : i % 2 == 0 ? 4 : 5;
  });
  IndexWish wish;
  wish.weights = {1, 1, 1, 1, 1};
  const SurveyIndices found = indices_of(table, columns, wish);
  ASSERT_EQ(found.columns.size(), 6);
  const IndexColumn& empathy = column(found, "servqual.empathy");
  EXPECT_DOUBLE_EQ(empathy.values[0], -2);
  EXPECT_DOUBLE_EQ(empathy.values[1], -1);
  EXPECT_TRUE(std::isnan(empathy.values[4]));
  EXPECT_DOUBLE_EQ(empathy.least, -6);  // a scale from 1 to 7
  EXPECT_DOUBLE_EQ(empathy.most, 6);
  const IndexColumn& whole = column(found, "servqual");
  EXPECT_DOUBLE_EQ(whole.values[0], -0.4);
  EXPECT_TRUE(std::isnan(whole.values[4]));
  // The figure of the column is that of the index.
  const stats::WeightedMean score = score_of(empathy);
  const stats::ServqualScore& own = found.servqual->found.dimensions[4];
  EXPECT_EQ(score.n, own.respondents);
  EXPECT_DOUBLE_EQ(score.value, own.mean);
  ASSERT_TRUE(score.interval && own.interval);
  EXPECT_NEAR(score.interval->low, own.interval->low, 1e-9);
  EXPECT_NEAR(score.interval->high, own.interval->high, 1e-9);
}

TEST(IndexColumns, OfThePyramidAndTheGapsAgreeWithThem) {
  const auto pyramid = template_columns("pyramid");
  const SurveyIndices levels =
      indices_of(table_of(pyramid, 12,
                          [](const AnswerColumn& at, std::size_t i) -> double {
                            if (i == 11 && at.key == "ease") return kNone;
                            // Delight without ease counts for no level.
                            const std::size_t good = at.key == "needs" ? 9 : at.key == "ease" ? 6 : 8;
                            return i < good ? 4 : 3;
                          }),
                 pyramid, {});
  ASSERT_EQ(levels.columns.size(), 3);
  const stats::WeightedMean delight = score_of(column(levels, "pyramid.delight"));
  EXPECT_EQ(delight.n, 11);
  EXPECT_NEAR(delight.value, 6.0 / 11, 1e-12);
  ASSERT_TRUE(delight.interval && levels.pyramid->found.delight.interval);
  EXPECT_NEAR(delight.interval->low, levels.pyramid->found.delight.interval->low, 1e-9);

  const auto gaps = template_columns("gap");
  const SurveyIndices ranked = indices_of(table_of(gaps, 30,
                                                   [](const AnswerColumn& at, std::size_t i) -> double {
                                                     return at.instrument == "gap5" && i < 12 ? 6 : kNone;
                                                   }),
                                          gaps, {});
  const IndexColumn& service = column(ranked, "gap.service");
  EXPECT_DOUBLE_EQ(service.values[0], 1);
  EXPECT_TRUE(std::isnan(service.values[12]));
  EXPECT_EQ(score_of(service).n, 12);
}

TEST(IndexChange, IsWelchsForMeansAndNewcombesForShares) {
  const IndexColumn before{.key = "m", .values = {1, 2, 3, 4, 5, 1, 2, 3, 4, 5, kNone}};
  const IndexColumn now{.key = "m", .values = {2, 3, 4, 5, 6, 2, 3, 4, 5, 6}};
  const auto mean = change_of(before, now);
  ASSERT_TRUE(mean);
  EXPECT_DOUBLE_EQ(mean->difference, 1);
  // By hand: variance 20/9 each, so the standard error is 2/3; t(18) at 0.975 is 2.10092.
  EXPECT_NEAR(mean->interval->low, 1 - 2.10092 * 2 / 3, 1e-4);
  EXPECT_FALSE(mean->significant());
  const IndexColumn few{.key = "m", .values = std::vector<double>(9, 1)};
  EXPECT_FALSE(change_of(few, now));
  IndexColumn low{.key = "s", .measure = Measure::kShare, .values = std::vector<double>(100, 0)};
  IndexColumn high = low;
  for (std::size_t i = 0; i < 20; ++i) low.values[i] = 1;
  for (std::size_t i = 0; i < 60; ++i) high.values[i] = 1;
  const auto share = change_of(low, high);
  ASSERT_TRUE(share);
  EXPECT_NEAR(share->difference, 0.4, 1e-12);
  EXPECT_TRUE(share->significant());
}

TEST(IndexKeys, AreThoseOfTheFigures) {
  for (const std::string_view key : {"servqual", "servqual.empathy", "gap.service", "pyramid.ease"})
    EXPECT_TRUE(is_index_key(key)) << key;
  for (const std::string_view key : {"nps", "csat", "gap", "servqualities", "pyramid"})
    EXPECT_FALSE(is_index_key(key)) << key;
}

}  // namespace
}  // namespace zhike::feedback
