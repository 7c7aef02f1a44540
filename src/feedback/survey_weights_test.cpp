#include "feedback/survey_weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "feedback/test_rounds.h"

namespace zhike::feedback {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::vector<AnswerColumn> nps_column() {
  return {{.key = "recommend",
           .kind = QuestionKind::kNps,
           .instrument = "nps",
           .least = 0,
           .most = 10,
           .items = {"recommend"}}};
}

/// 60 asked by e-mail, of whom 10 answered with 10; 40 by SMS, of whom 20 answered with 0.
std::vector<Rounds::Invited> asked() {
  std::vector<Rounds::Invited> out;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const bool mail = i <= 60;
    out.push_back({.customer = {i}, .levels = {mail ? "email" : "sms"}, .answered = {}});
    if (mail ? i <= 10 : i <= 80) out.back().answered = Instant{static_cast<std::int64_t>(1'000 + i)};
  }
  return out;
}
AnswerTable answered(const std::vector<Rounds::Invited>& invited) {
  AnswerTable out{.keys = {"recommend"}, .columns = {{}}};
  for (const auto& one : invited) {
    if (!one.answered) continue;
    out.customers.push_back(one.customer);
    out.times.push_back(*one.answered);
    out.columns[0].push_back(one.levels[0] == "email" ? 10 : 0);
    ++out.responses;
  }
  return out;
}

TEST(SurveyWeights, BringAnswersBackToWhoWasAsked) {
  const auto invited = asked();
  const auto found = weigh(invited, answered(invited), nps_column(), {});
  ASSERT_TRUE(found) << to_string(found.error());
  EXPECT_EQ(found->invited, 100U);
  EXPECT_EQ(found->answered, 30U);
  ASSERT_EQ(found->scores.size(), 1U);
  EXPECT_EQ(found->scores[0].measure, Measure::kNps);
  EXPECT_NEAR(found->scores[0].plain.value, 100.0 * (10 - 20) / 30, 1e-9);
  EXPECT_NEAR(found->scores[0].weighted.value, 20, 1e-6) << "60 % promoters, 40 % detractors";
  ASSERT_EQ(found->margins.size(), 1U);
  EXPECT_EQ(found->margins[0].levels[0].level, "email") << "most invited first";
  EXPECT_EQ(found->margins[0].levels[0].answered, 10U);
  EXPECT_NEAR(found->margins[0].levels[0].weighted, 0.6, 1e-6);
  // Weights 1.8 and 0.6: 30² / (10 × 3.24 + 20 × 0.36) = 22.73.
  EXPECT_NEAR(found->raked.effective, 900 / 39.6, 1e-6);
}

TEST(SurveyWeights, AnswersOfAnybodyWeighNothing) {
  const auto invited = asked();
  AnswerTable table = answered(invited);
  table.customers.push_back({999});
  table.times.push_back({1});
  table.columns[0].push_back(10);
  ++table.responses;
  const auto found = weigh(invited, table, nps_column(), {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->unmatched, 1U);
  EXPECT_EQ(found->answered, 30U);
}

TEST(SurveyWeights, AResponseBelongsToTheAskItAnswers) {
  // One customer asked twice, by two channels, and twice answered.
  std::vector<Rounds::Invited> invited{{.customer = {1}, .levels = {"sms"}, .answered = Instant{200}},
                                       {.customer = {1}, .levels = {"email"}, .answered = Instant{100}}};
  AnswerTable table{.keys = {"recommend"}, .columns = {{10, 0}}, .responses = 2};
  table.customers = {{1}, {1}};
  table.times = {{199}, {99}};
  WeightWish wish;
  wish.rake.cell_min = 1;
  const auto found = weigh(invited, table, nps_column(), wish);
  ASSERT_TRUE(found) << to_string(found.error());
  EXPECT_EQ(found->margins[0].levels[0].answered, 1U);
  EXPECT_EQ(found->margins[0].levels[1].answered, 1U);
}

TEST(SurveyWeights, RefuseWithAReason) {
  const auto invited = asked();
  EXPECT_EQ(weigh({}, answered(invited), nps_column(), {}).error().code, Code::kTooFewRows);
  EXPECT_EQ(
      weigh(invited, AnswerTable{.keys = {"recommend"}, .columns = {{}}}, nps_column(), {}).error().code,
      Code::kTooFewRows);
  WeightWish strict;
  strict.rake.cell_min = 11;
  const auto refused = weigh(invited, answered(invited), nps_column(), strict);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kTooFewRows);
  EXPECT_NE(refused.error().detail.find("channel = email: 10 answered, 11 are needed"), std::string::npos);
}

TEST(SurveyWeights, MissingAnswersAreLeftOutOfTheirColumnAlone) {
  const auto invited = asked();
  AnswerTable table = answered(invited);
  table.columns[0][0] = kNone;
  const auto found = weigh(invited, table, nps_column(), {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->scores[0].weighted.n, 29U);
  EXPECT_EQ(found->answered, 30U);
}

class InvitedTest : public RoundsFixture {};

TEST_F(InvitedTest, AreThoseWithLinksOfTheirOwnWithTheirLevels) {
  people(4);
  say(client_.all[0], "tier", "gold");
  RoundPlan by_mail = plan();
  by_mail.channel = "email";
  by_mail.customers = {client_.all[0], client_.all[1], client_.all[2]};
  const auto round = must(rounds_->make(owner_, nps_, "a", by_mail));
  const auto told = must(rounds_->tell(owner_, nps_, round.id));
  const auto visit = must(surveys_->visit(told[0].token, ""));
  must(surveys_->submit(visit, must(read_answers(*visit.survey, boost::json::parse(R"({"recommend": 9})"))),
                        Tongue::kEn));
  const auto invited = must(rounds_->invited(owner_, nps_, {"channel", "unit", "trait.tier"}));
  ASSERT_EQ(invited.size(), 3U);
  EXPECT_EQ(invited[0].levels, (std::vector<std::string>{"email", "", "gold"}));
  EXPECT_EQ(invited[1].levels, (std::vector<std::string>{"email", "", ""}));
  EXPECT_EQ(std::ranges::count_if(invited, [](const auto& one) { return one.answered.has_value(); }), 1);
  EXPECT_EQ(code(rounds_->invited(owner_, nps_, {"colour"})), "bad_field");
  EXPECT_EQ(code(rounds_->invited(owner_, {99}, {"channel"})), "unknown_survey");
}

}  // namespace
}  // namespace zhike::feedback
