#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "feedback/answer_columns.h"
#include "feedback/survey_drivers.h"
#include "feedback/survey_indices.h"
#include "feedback/test_answers.h"

namespace zhike::feedback {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

constexpr std::string_view kMixed = R"({"id": "s", "title": {"en": "S"}, "pages": [{"id": "p", "questions": [
  {"id": "words", "type": "text", "text": {"en": "?"}},
  {"id": "overall", "type": "stars", "instrument": "csat", "text": {"en": "Overall?"}},
  {"id": "staff", "type": "matrix", "most": 7, "text": {"en": "Staff"},
   "rows": [{"id": "polite", "text": {"en": "Polite"}}, {"id": "able", "text": {"en": "Able"}}]},
  {"id": "one", "type": "matrix", "most": 5, "text": {"en": "One"}, "rows": [{"id": "row", "text": {"en": "Row"}}]},
  {"id": "kind", "type": "single", "text": {"en": "?"}, "options": [{"id": "a", "text": {"en": "A"}}]},
  {"id": "recommend", "type": "nps", "text": {"en": "Recommend?"}}]}]})";

std::vector<std::string> keys_of(const std::vector<AnswerColumn>& columns) {
  std::vector<std::string> out;
  for (const AnswerColumn& column : columns) out.push_back(column.key);
  return out;
}

TEST(AnswerColumns, AreWhatNumbersAnswer) {
  const auto columns = columns_of(kMixed);
  EXPECT_EQ(keys_of(columns), (std::vector<std::string>{"overall", "staff", "staff.polite", "staff.able",
                                                        "one", "one.row", "recommend"}));
  const AnswerColumn& staff = *find_column(columns, "staff");
  EXPECT_TRUE(staff.is_mean());
  EXPECT_EQ(staff.items, (std::vector<std::string>{"staff.polite", "staff.able"}));
  const AnswerColumn& polite = *find_column(columns, "staff.polite");
  EXPECT_FALSE(polite.is_mean());
  EXPECT_EQ(polite.text.en, "Polite");
  EXPECT_EQ(polite.of.en, "Staff");
  EXPECT_EQ(polite.most, 7);
  EXPECT_TRUE(find_column(columns, "one")->is_mean());
  EXPECT_EQ(find_column(columns, "recommend")->most, 10);
  EXPECT_EQ(find_column(columns, "kind"), nullptr);
}

TEST(DriverChoice, BeginsWithRecommendationAndTheRest) {
  const auto choice = usual_choice(columns_of(kMixed));
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->outcome, "recommend");
  EXPECT_EQ(choice->drivers, (std::vector<std::string>{"overall", "staff.polite", "staff.able", "one.row"}));
  // 22 statements asked twice and 5 weights: too many numbers, so matrices as their means.
  const auto servqual = usual_choice(template_columns("servqual"));
  ASSERT_TRUE(servqual);
  EXPECT_EQ(servqual->drivers.size(), 10);
  EXPECT_FALSE(usual_choice(template_columns("nps")));
}

/// Responses whose outcome is 1 + speed, and price does nothing; each third lacks the price.
AnswerTable responses(std::size_t rows) {
  AnswerTable out{.keys = {"overall", "speed", "price"}, .columns = {}};
  out.columns.resize(3);
  out.responses = rows;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto speed = static_cast<double>(1 + i % 4), price = static_cast<double>(1 + (i / 4) % 5);
    out.columns[0].push_back(1 + speed);
    out.columns[1].push_back(speed);
    out.columns[2].push_back(i % 3 == 2 ? kNone : price);
  }
  return out;
}

AnswerColumn scale(std::string key, std::int64_t least, std::int64_t most) {
  AnswerColumn out{.key = key};
  out.least = least;
  out.most = most;
  out.items = {std::move(key)};
  return out;
}

TEST(SurveyDrivers, UseCompleteResponsesAndMakeScalesComparable) {
  const auto found =
      drivers_of(responses(120), {scale("overall", 1, 5), scale("speed", 1, 5), scale("price", 0, 10)});
  ASSERT_TRUE(found) << to_string(found.error());
  EXPECT_EQ(found->responses, 120);
  EXPECT_EQ(found->complete, 80);
  EXPECT_TRUE(found->is_percent);
  // One point of five, 25 percent of the scale, is one point of the outcome.
  EXPECT_NEAR(found->found.regression.drivers[0].value, 1.0 / 25, 1e-9);
  EXPECT_NEAR(found->found.importance.relative_weights[0].value, 1, 0.01);
  EXPECT_TRUE(found->found.priorities);
  EXPECT_EQ(found->resamples, 1000);
  const auto points =
      drivers_of(responses(120), {scale("overall", 1, 5), scale("speed", 1, 5), scale("price", 1, 5)});
  ASSERT_TRUE(points);
  EXPECT_FALSE(points->is_percent);
  EXPECT_NEAR(points->found.regression.drivers[0].value, 1, 1e-9);
}

TEST(SurveyDrivers, RefuseAndSayWhy) {
  const auto few =
      drivers_of(responses(36), {scale("overall", 1, 5), scale("speed", 1, 5), scale("price", 1, 5)});
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().code, Code::kTooFewRows);
  for (const std::string_view part : {"24 of 36", "30 are needed", "price: 24"})
    EXPECT_NE(few.error().detail.find(part), std::string::npos) << few.error().detail;
  AnswerTable table = responses(300);
  table.columns[2].assign(300, 4);
  const auto flat = drivers_of(table, {scale("overall", 1, 5), scale("speed", 1, 5), scale("price", 1, 5)});
  ASSERT_FALSE(flat);
  EXPECT_EQ(flat.error().code, Code::kBadDrivers);
  EXPECT_NE(flat.error().detail.find("price"), std::string::npos) << flat.error().detail;
  table.columns[2] = table.columns[1];
  const auto twice = drivers_of(table, {scale("overall", 1, 5), scale("speed", 1, 5), scale("price", 1, 5)});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Code::kBadDrivers);
  table.columns[0].assign(300, 5);
  EXPECT_FALSE(drivers_of(table, {scale("overall", 1, 5), scale("speed", 1, 5)}));
  EXPECT_EQ(responses_needed(2), 30);
  EXPECT_EQ(responses_needed(12), 120);
  EXPECT_EQ(responses_ample(12), 146);
}

// By hand: all expect 6; perceptions are 6 but of empathy, 4 or 5 by turns: gap -1.5. Half weigh empathy
// alone, half all alike: (-2 and -1 by turns with weights so that -2 × 1, -1 / 5).
TEST(SurveyIndices, ReadServqualFromItsTemplate) {
  const auto columns = template_columns("servqual");
  const AnswerTable table = table_of(columns, 20, [](const AnswerColumn& column, std::size_t i) -> double {
    if (column.key.starts_with("servqual-weights")) return i % 2 == 0 ? column.key.ends_with("empathy") : 3;
    if (column.instrument == "servqual_expected") return 6;
    return column.key.starts_with("perceived-empathy") ? (i % 2 == 0 ? 4 : 5) : 6;
  });
  const SurveyIndices found = indices_of(table, columns, {});
  ASSERT_TRUE(found.servqual);
  EXPECT_FALSE(found.gaps);
  EXPECT_FALSE(found.pyramid);
  EXPECT_EQ(found.servqual->items.size(), 22);
  EXPECT_EQ(found.servqual->items[0].key, "perceived-tangibles.equipment");
  EXPECT_EQ(found.servqual->weights, WeightsBy::kRespondents);
  EXPECT_EQ(found.servqual->most, 7);
  EXPECT_DOUBLE_EQ(found.servqual->found.dimensions[4].mean, -1.5);
  EXPECT_DOUBLE_EQ(found.servqual->found.dimensions[0].mean, 0);
  EXPECT_DOUBLE_EQ(found.servqual->found.items[21].mean, -1.5);
  EXPECT_NEAR(found.servqual->found.weighted.mean, (-2 - 0.2) / 2, 1e-12);
  IndexWish wish;
  wish.weights = {0, 0, 0, 0, 2};
  const SurveyIndices weighed = indices_of(table, columns, wish);
  EXPECT_EQ(weighed.servqual->weights, WeightsBy::kGiven);
  EXPECT_DOUBLE_EQ(weighed.servqual->found.weighted.mean, -1.5);
  const SurveyIndices none = indices_of(table_of(columns, 0, [](auto&&...) { return kNone; }), columns, {});
  ASSERT_TRUE(none.servqual);
  EXPECT_EQ(none.servqual->found.dimensions[0].respondents, 0);
  EXPECT_EQ(none.servqual->weights, WeightsBy::kRespondents);
}

// By hand: twelve customers are one point short of full agreement, nine managers six points.
TEST(SurveyIndices, RankGapsOfWhoWasAsked) {
  const auto columns = template_columns("gap");
  const AnswerTable table = table_of(columns, 33, [](const AnswerColumn& column, std::size_t i) -> double {
    if (column.instrument == "gap5") return i < 12 ? 6 : kNone;
    if (column.instrument == "gap4") return i < 24 ? (i % 2 == 0 ? 4 : 5) : kNone;
    if (column.instrument == "gap1") return i >= 24 ? 1 : kNone;
    return kNone;
  });
  const SurveyIndices found = indices_of(table, columns, {});
  ASSERT_TRUE(found.gaps);
  EXPECT_FALSE(found.gaps->is_percent);
  ASSERT_EQ(found.gaps->found.size(), 3);
  EXPECT_EQ(found.gaps->found[0].gap, stats::ServiceGap::kCommunication);
  EXPECT_DOUBLE_EQ(found.gaps->found[0].shortfall.mean, 2.5);
  EXPECT_TRUE(found.gaps->found[0].is_apart);
  EXPECT_EQ(found.gaps->found[1].gap, stats::ServiceGap::kService);
  EXPECT_DOUBLE_EQ(found.gaps->found[1].shortfall.mean, 1);
  EXPECT_EQ(found.gaps->found[2].shortfall.respondents, 9);  // too few to be ranked: last
}

TEST(SurveyIndices, CountThePyramidFromTheTwoBestAnswers) {
  const auto columns = template_columns("pyramid");
  const AnswerTable table = table_of(columns, 12, [](const AnswerColumn& column, std::size_t i) -> double {
    if (i == 11 && column.key == "ease") return kNone;
    const std::size_t good = column.key == "needs" ? 9 : column.key == "ease" ? 6 : 2;
    return i < good ? 4 : 3;
  });
  const SurveyIndices found = indices_of(table, columns, {});
  ASSERT_TRUE(found.pyramid);
  EXPECT_EQ(found.pyramid->from[1], 4);
  EXPECT_EQ(found.pyramid->found.needs_met.share.n, 11);
  EXPECT_EQ(found.pyramid->found.needs_met.share.hits, 9);
  EXPECT_EQ(found.pyramid->found.easy.share.hits, 6);
  EXPECT_EQ(found.pyramid->found.delight.share.hits, 2);
  IndexWish wish;
  wish.from[2] = 3;
  EXPECT_EQ(indices_of(table, columns, wish).pyramid->found.delight.share.hits, 6);
}

}  // namespace
}  // namespace zhike::feedback
