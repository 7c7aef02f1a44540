#include "feedback/round_post.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "feedback/test_rounds.h"

namespace zhike::feedback {
namespace {

/// Keeps what it is given, or answers an error.
class Box final : public Postman {
 public:
  std::vector<Letter> letters;
  std::optional<Code> error;
  std::size_t tried = 0;
  Result<void> write(std::uint64_t connector, const Letter& letter) override {
    EXPECT_EQ(connector, 7U);
    ++tried;
    if (error) return fail(*error, "HTTP 500");
    letters.push_back(letter);
    return {};
  }
};

class RoundPostTest : public RoundsFixture {
 protected:
  void SetUp() override {
    RoundsFixture::SetUp();
    post_ = std::make_unique<RoundPost>(RoundPost::Parts{.ledger = *db_,
                                                         .surveys = *surveys_,
                                                         .postman = box_,
                                                         .clock = clock_,
                                                         .public_url = "https://voice.example.com"});
  }
  RoundPlan by_mail(std::uint32_t reminders = 0) const {
    RoundPlan out = plan();
    out.channel = "email";
    out.connector = 7;
    out.reminders = reminders;
    out.remind_days = reminders == 0 ? 0 : 3;
    return out;
  }
  std::size_t send() { return must(post_->send_due()); }
  /// The link in a message, answered.
  void complete(const std::string& link) {
    const auto visit = must(surveys_->visit(link.substr(link.rfind('/') + 1), ""));
    must(surveys_->submit(visit, must(read_answers(*visit.survey, boost::json::parse(R"({"recommend": 9})"))),
                          Tongue::kEn));
  }
  Round round() { return must(rounds_->list(owner_, nps_)).at(0); }

  Box box_;
  std::unique_ptr<RoundPost> post_;
};

TEST_F(RoundPostTest, InvitesEachOnceByTheAddressOfTheChannel) {
  people(3);
  must(rounds_->make(owner_, nps_, "a", by_mail()));
  EXPECT_EQ(round().waiting, 3U);
  EXPECT_EQ(round().funnel.sent, 0U) << "nothing has left";
  EXPECT_EQ(send(), 3U);
  EXPECT_EQ(send(), 0U);
  ASSERT_EQ(box_.letters.size(), 3U);
  EXPECT_EQ(box_.letters[0].to, "p0@example.com");
  EXPECT_EQ(box_.letters[0].channel, "email");
  EXPECT_NE(box_.letters[0].text.find(box_.letters[0].link), std::string::npos);
  EXPECT_TRUE(box_.letters[0].link.starts_with("https://voice.example.com/s/"));
  EXPECT_NE(box_.letters[0].id, box_.letters[1].id);
  EXPECT_EQ(round().funnel.sent, 3U);
  EXPECT_EQ(round().waiting, 0U);
}

TEST_F(RoundPostTest, RemindsThoseAloneWhoHaveNotCompletedAndNotForever) {
  people(3);
  must(rounds_->make(owner_, nps_, "a", by_mail(2)));
  EXPECT_EQ(send(), 3U);
  complete(box_.letters[0].link);
  clock_.advance({days(3).value - 1'000});
  EXPECT_EQ(send(), 0U);
  clock_.advance(seconds(1));
  EXPECT_EQ(send(), 2U) << "who has answered is left alone";
  EXPECT_NE(box_.letters[3].text.find("Reminder"), std::string::npos);
  clock_.advance(days(3));
  EXPECT_EQ(send(), 2U);
  clock_.advance(days(30));
  EXPECT_EQ(send(), 0U) << "two reminders, no more";
  EXPECT_EQ(round().reminded, 4U);
  complete(box_.letters[1].link);
  EXPECT_EQ(round().funnel.completed, 2U) << "the link works on";
}

TEST_F(RoundPostTest, NothingIsSentAfterExpiryOrWhenTheSurveyCloses) {
  people(2);
  RoundPlan expiring = by_mail(3);
  expiring.expires = clock_.now() + days(4);
  must(rounds_->make(owner_, nps_, "a", expiring));
  EXPECT_EQ(send(), 2U);
  clock_.advance(days(3));
  EXPECT_EQ(send(), 2U);
  clock_.advance(days(30));
  EXPECT_EQ(send(), 0U);
  must(rounds_->make(owner_, nps_, "b", by_mail()));
  must(surveys_->move(owner_, nps_, SurveyState::kClosed));
  EXPECT_EQ(send(), 0U);
  EXPECT_EQ(round().waiting, 0U);
}

TEST_F(RoundPostTest, WhatIsNotTakenIsTriedAgainWithGrowingWaitsAndThenGivenUp) {
  people(1);
  must(rounds_->make(owner_, nps_, "a", by_mail()));
  box_.error = Code::kConnectorFailed;
  EXPECT_EQ(send(), 0U);
  EXPECT_EQ(send(), 0U);
  EXPECT_EQ(box_.tried, 1U) << "it waits a minute";
  clock_.advance(minutes(1));
  send();
  clock_.advance(minutes(1));
  send();
  EXPECT_EQ(box_.tried, 2U) << "and then two";
  box_.error.reset();
  clock_.advance(minutes(1));
  EXPECT_EQ(send(), 1U);
  EXPECT_EQ(box_.letters.size(), 1U);
  box_.error = Code::kConnectorFailed;
  must(rounds_->make(owner_, ces_, "later", [&] {
    clock_.advance(days(40));
    return by_mail();
  }()));
  box_.tried = 0;
  for (int i = 0; i < 40; ++i) {
    send();
    clock_.advance(hours(6));
  }
  EXPECT_EQ(box_.tried, RoundPost::kAttemptsMax);
  EXPECT_EQ(must(rounds_->list(owner_, ces_)).at(0).given_up, 1U);
}

TEST_F(RoundPostTest, AnAddressThatIsRefusedIsNotTriedAgain) {
  people(2);
  must(rounds_->make(owner_, nps_, "a", by_mail(2)));
  box_.error = Code::kConnectorRefused;
  send();
  clock_.advance(days(10));
  send();
  EXPECT_EQ(box_.tried, 2U);
  EXPECT_EQ(round().given_up, 2U);
}

TEST_F(RoundPostTest, WordsOfOnesOwnAreFilledIn) {
  people(1);
  say(client_.all[0], "name", "Li");
  RoundPlan own = by_mail();
  own.message.subject = "For {name|you}";
  own.message.text = "Dear {name|customer}, {link}";
  must(rounds_->make(owner_, nps_, "a", own));
  send();
  ASSERT_EQ(box_.letters.size(), 1U);
  EXPECT_EQ(box_.letters[0].subject, "For Li");
  EXPECT_EQ(box_.letters[0].text, "Dear Li, " + box_.letters[0].link);
  own.message.text = "no address in it";
  EXPECT_EQ(code(rounds_->preview(owner_, ces_, own)), "bad_field");
}

TEST_F(RoundPostTest, EachIsWrittenToInTheirOwnLanguageAndByTheirTraits) {
  people(3);
  say(client_.all[0], "language", "zh-CN");
  say(client_.all[0], "tier", "金卡");
  say(client_.all[1], "locale", "en-GB");
  RoundPlan own = by_mail();
  own.zh = {.subject = "请教", .text = "{tier|尊敬的}客户：{link}"};
  own.en = {.subject = "A word", .text = "Dear {tier|valued} customer: {link}"};
  must(rounds_->make(owner_, nps_, "a", own));
  EXPECT_EQ(send(), 3U);
  const auto& zh = box_.letters.at(0);
  EXPECT_EQ(zh.subject, "请教");
  EXPECT_TRUE(zh.text.starts_with("金卡客户：https://voice.example.com/s/"));
  EXPECT_TRUE(zh.link.ends_with("?lang=zh")) << "the page opens in that language";
  const auto& en = box_.letters.at(1);
  EXPECT_EQ(en.subject, "A word");
  EXPECT_TRUE(en.text.starts_with("Dear valued customer: https://"));
  const auto& both = box_.letters.at(2);
  EXPECT_NE(both.text.find("尊敬的客户"), std::string::npos);
  EXPECT_NE(both.text.find("Dear valued customer"), std::string::npos);
  EXPECT_EQ(both.link.find('?'), std::string::npos);
}

TEST_F(RoundPostTest, WithoutWordsOfOursTheTitleIsInTheCustomersLanguage) {
  people(2);
  say(client_.all[0], "language", "English");
  must(rounds_->make(owner_, nps_, "a", by_mail()));
  EXPECT_EQ(send(), 2U);
  EXPECT_EQ(box_.letters[0].text.find("诚邀"), std::string::npos);
  EXPECT_NE(box_.letters[0].text.find("We would like to hear from you"), std::string::npos);
  EXPECT_NE(box_.letters[1].text.find("诚邀"), std::string::npos);
  EXPECT_NE(box_.letters[1].text.find("We would like to hear from you"), std::string::npos);
}

TEST_F(RoundPostTest, NothingIsSentForALinkThatWasTakenBack) {
  people(1);
  const auto round = must(rounds_->make(owner_, nps_, "a", by_mail()));
  must(surveys_->revoke(owner_, nps_, SurveyLinkId{1}));
  EXPECT_EQ(send(), 0U);
  EXPECT_TRUE(box_.letters.empty());
}

}  // namespace
}  // namespace zhike::feedback
