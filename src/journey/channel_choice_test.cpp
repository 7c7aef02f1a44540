#include "journey/channel_choice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace zhike::journey {
namespace {

const Purpose& purpose(std::string_view key) {
  const auto found = find_purpose(key);
  EXPECT_TRUE(found.has_value());
  return **found;
}

/// 300 customers: those of WeChat answer 3 of 5 there, those of e-mail 1 of 5; everybody has been written to
/// by both.
std::vector<ChannelHistory> written_to() {
  return {{.main = "web", .channel = "email", .n = 5, .hits = 1, .customers = 250, .firsts = 250},
          {.main = "web", .channel = "email", .n = 5, .hits = 2, .customers = 50, .firsts = 50},
          {.main = "web", .channel = "wechat", .n = 5, .hits = 3, .customers = 250},
          {.main = "web", .channel = "wechat", .n = 5, .hits = 2, .customers = 50},
          {.main = "web", .channel = "store", .n = 5, .hits = 2, .customers = 40},
          {.main = "web", .channel = "sms", .n = 2, .hits = 1, .customers = 3}};
}
const Contactable kBoth{
    .kinds = {IdentifierKind::kEmail, IdentifierKind::kWechatOpenId, IdentifierKind::kPhone}, .consent = {}};

const ChannelProspect& of(const ChannelChoice& choice, std::string_view channel) {
  const auto at = std::ranges::find(choice.channels, channel, &ChannelProspect::channel);
  EXPECT_NE(at, choice.channels.end()) << channel;
  return *at;
}

TEST(ChannelChoice, NamesTheChannelWithReasonsAndWhatIsOutOfTheQuestion) {
  const ChannelKnowledge known(purpose("reach"), written_to(), {});
  EXPECT_EQ(known.total(), 300U);
  const ChannelChoice choice = known.choose(7, kBoth);
  ASSERT_NE(choice.best(), nullptr);
  EXPECT_EQ(choice.best()->channel, "wechat");
  EXPECT_GT(choice.best()->best, 0.95);
  EXPECT_EQ(of(choice, "email").all.n, 1500U);
  EXPECT_EQ(of(choice, "email").all.hits, 350U);
  // Nobody can be written to in a store; six texts are too few to know anything.
  EXPECT_EQ(of(choice, "store").why, NoChoice::kNoAddress);
  EXPECT_EQ(of(choice, "sms").why, NoChoice::kTooFew);
  EXPECT_EQ(of(choice, "sms").best, 0);
}

TEST(ChannelChoice, NobodyIsMetWhereTheyCannotOrWillNotBe) {
  const ChannelKnowledge known(purpose("reach"), written_to(), {});
  const ChannelChoice no_wechat = known.choose(7, {.kinds = {IdentifierKind::kEmail}, .consent = {}});
  EXPECT_EQ(of(no_wechat, "wechat").why, NoChoice::kUnknown);
  EXPECT_EQ(no_wechat.why, NoBest::kOneChannel);
  EXPECT_EQ(no_wechat.best(), nullptr);
  Contactable refuses = kBoth;
  refuses.consent = {{"wechat", "No"}, {"survey", "false"}};
  EXPECT_EQ(of(known.choose(7, refuses), "wechat").why, NoChoice::kRefused);
  EXPECT_EQ(of(known.choose(7, refuses), "email").why, NoChoice::kNone);
  refuses.consent = {{"marketing", "拒绝"}};
  EXPECT_EQ(known.choose(7, refuses).why, NoBest::kNoChannel);
  // Help is given by whatever channel, and asks no consent to marketing.
  const ChannelKnowledge help(purpose("help"), written_to(), {});
  EXPECT_EQ(of(help.choose(7, refuses), "store").why, NoChoice::kNone);
}

TEST(ChannelChoice, WhoCameByAChannelCanComeAgainButNotBeWrittenTo) {
  auto histories = written_to();
  histories.push_back({.who = 9, .main = "web", .channel = "email", .n = 2, .hits = 1});
  const Contactable nothing;
  EXPECT_EQ(of(ChannelKnowledge(purpose("help"), histories, {}).choose(9, nothing), "email").why,
            NoChoice::kNone);
  EXPECT_EQ(of(ChannelKnowledge(purpose("help"), histories, {}).choose(8, nothing), "email").why,
            NoChoice::kUnknown);
  EXPECT_EQ(of(ChannelKnowledge(purpose("reach"), histories, {}).choose(9, nothing), "email").why,
            NoChoice::kUnknown);
}

TEST(ChannelChoice, OwnHistoryIsToldAndOutweighsTheOthers) {
  std::vector<ChannelHistory> histories;
  // Customers differ widely: in each channel as many who always answer as never do.
  for (const std::string channel : {"email", "wechat"})
    for (const std::uint64_t hits : {0U, 2U, 4U, 6U})
      histories.push_back({.main = "web", .channel = channel, .n = 6, .hits = hits, .customers = 50});
  histories.push_back({.who = 9, .main = "web", .channel = "email", .n = 7, .hits = 0});
  histories.push_back({.who = 9, .main = "web", .channel = "wechat", .n = 5, .hits = 4});
  const ChannelKnowledge known(purpose("reach"), histories, {});
  const ChannelChoice choice = known.choose(9, kBoth);
  ASSERT_NE(choice.best(), nullptr);
  EXPECT_EQ(choice.best()->channel, "wechat");
  EXPECT_EQ(choice.best()->own.hits, 4U);
  EXPECT_EQ(choice.best()->own.n, 5U);
  EXPECT_EQ(choice.main, "web");
  EXPECT_EQ(known.customers(), std::vector<std::uint64_t>{9});
  // Of somebody else nothing tells the channels apart.
  EXPECT_EQ(known.choose(10, kBoth).why, NoBest::kTooClose);
}

TEST(ChannelChoice, CostsCountInTheUnitOfTheWorth) {
  ChoiceOptions options{.costs = {{"wechat", 10}, {"email", 0}}, .worth = 20, .sure = 0.8};
  const ChannelChoice choice = ChannelKnowledge(purpose("reach"), written_to(), options).choose(7, kBoth);
  ASSERT_NE(choice.best(), nullptr);
  // 20 × 0.57 - 10 is less than 20 × 0.23.
  EXPECT_EQ(choice.best()->channel, "email");
  EXPECT_NEAR(*choice.best()->value, 20 * choice.best()->expected.mean(), 1e-9);
  EXPECT_NEAR(*of(choice, "wechat").cost_per_result, 10 / of(choice, "wechat").expected.mean(), 1e-9);
  // Without a worth costs are told, and do not change the order.
  options.worth.reset();
  EXPECT_EQ(ChannelKnowledge(purpose("reach"), written_to(), options).choose(7, kBoth).best()->channel,
            "wechat");
}

TEST(ChannelChoice, WhatNeverFailsIsNotRecorded) {
  const std::vector<ChannelHistory> histories{
      {.main = "web", .channel = "chat", .n = 4, .hits = 4, .customers = 50},
      {.main = "web", .channel = "web", .n = 4, .hits = 1, .customers = 50}};
  const ChannelChoice choice = ChannelKnowledge(purpose("get_through"), histories, {}).choose(1, {});
  EXPECT_EQ(of(choice, "chat").why, NoChoice::kNotRecorded);
  EXPECT_EQ(choice.why, NoBest::kOneChannel);
  EXPECT_EQ(ChannelKnowledge(purpose("help"), {}, {}).choose(1, {}).why, NoBest::kNoTrials);
}

TEST(ChannelChoice, PlantedPreferencesAreFound) {
  std::mt19937_64 random(5);
  const std::vector<std::string> channels{"email", "sms", "wechat"};
  std::vector<ChannelHistory> histories;
  std::map<std::uint64_t, std::string> likes;
  for (std::uint64_t who = 1; who <= 600; ++who) {
    const std::size_t liked = who % 3;
    likes[who] = channels[liked];
    for (std::size_t c = 0; c < 3; ++c) {
      const double share = c == liked ? 0.7 : 0.15;
      histories.push_back({.who = who,
                           .main = who % 2 == 0 ? "web" : "app",
                           .channel = channels[c],
                           .n = 6,
                           .hits = std::binomial_distribution<std::uint64_t>(6, share)(random),
                           .customers = 1,
                           .firsts = c == 0 ? 1U : 0U});
    }
  }
  const ChannelKnowledge known(purpose("reach"), histories, {});
  std::size_t named = 0, right = 0;
  ChannelKnowledge::Compared compared;
  for (const std::uint64_t who : known.customers()) {
    const ChannelChoice choice = known.choose(who, kBoth, compared);
    if (const ChannelProspect* const best = choice.best()) {
      ++named;
      right += best->channel == likes[who] ? 1U : 0U;
    }
  }
  EXPECT_EQ(known.total(), 600U);
  EXPECT_GT(named, 400U);
  EXPECT_GT(static_cast<double>(right), 0.95 * static_cast<double>(named));
  EXPECT_LT(compared.size(), 350U);  // 7³ histories of three channels at most, not 600 comparisons
}

TEST(Purposes, AreThoseOfTheCatalogue) {
  EXPECT_EQ(purposes().purposes.size(), 5U);
  EXPECT_TRUE(purpose("reach").needs_address);
  EXPECT_FALSE(find_purpose("sing").has_value());
  EXPECT_EQ(find_purpose("sing").error().code, Code::kBadField);
}

}  // namespace
}  // namespace zhike::journey
