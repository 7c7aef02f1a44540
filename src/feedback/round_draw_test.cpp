#include "feedback/round_draw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "feedback/round_consent.h"

namespace zhike::feedback {
namespace {

std::vector<CustomerId> people(std::uint64_t count) {
  std::vector<CustomerId> out;
  for (std::uint64_t i = 1; i <= count; ++i) out.push_back({i});
  return out;
}

TEST(Shuffle, TheSameSeedGivesTheSameOrderWhateverTheOrderBefore) {
  auto one = people(1000), other = people(1000);
  std::ranges::reverse(other);
  shuffle(one, 42);
  shuffle(other, 42);
  EXPECT_EQ(one, other);
  shuffle(other, 43);
  EXPECT_NE(one, other);
  std::ranges::sort(other);
  EXPECT_EQ(other, people(1000)) << "nobody is lost";
}

TEST(Shuffle, AnOrderStaysWhatItWasWhenItsSeedWasRecorded) {
  auto few = people(8);
  shuffle(few, 1);
  // Worked out by the formula in Python, apart from this program.
  const std::vector<CustomerId> expected{{5}, {1}, {2}, {8}, {4}, {7}, {6}, {3}};
  EXPECT_EQ(few, expected);
}

TEST(Shuffle, EverybodyIsDrawnEquallyOften) {
  constexpr std::uint64_t kPeople = 50, kSample = 10, kRounds = 20'000;
  std::vector<std::uint64_t> drawn(kPeople + 1);
  for (std::uint64_t seed = 0; seed < kRounds; ++seed) {
    auto all = people(kPeople);
    shuffle(all, seed);
    for (std::uint64_t i = 0; i < kSample; ++i) ++drawn[all[i].value];
  }
  // Of a simple random sample the counts are hypergeometric: variance n p (1 - p), and their squared
  // distances over it times (N - 1) / N follow chi-squared with N - 1 degrees. 99.9 % of 49 degrees: 85.35.
  const double p = double{kSample} / kPeople, expected = kRounds * p;
  double chi = 0;
  for (std::uint64_t i = 1; i <= kPeople; ++i)
    chi += std::pow(static_cast<double>(drawn[i]) - expected, 2) / (expected * (1 - p));
  chi *= (kPeople - 1.0) / kPeople;
  EXPECT_LT(chi, 85.35);
  EXPECT_GT(chi, 23.98) << "0.1 %: more even than chance would be";
}

TEST(Shuffle, PairsAreDrawnTogetherAsOftenAsChanceHasIt) {
  constexpr std::uint64_t kPeople = 12, kSample = 3, kRounds = 44'000;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> together;
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    auto all = people(kPeople);
    shuffle(all, seed * 1'000);
    for (std::uint64_t i = 0; i < kSample; ++i)
      for (std::uint64_t j = i + 1; j < kSample; ++j) ++together[std::minmax(all[i].value, all[j].value)];
  }
  // n (n - 1) / (N (N - 1)) = 1 / 22: 2,000 of 44,000 each, with a standard deviation of 43.7.
  ASSERT_EQ(together.size(), kPeople * (kPeople - 1) / 2);
  for (const auto& [pair, count] : together)
    EXPECT_NEAR(static_cast<double>(count), 2000, 5 * 43.7) << pair.first << " and " << pair.second;
}

std::vector<identity::Trait> stated(std::initializer_list<std::pair<const char*, const char*>> all) {
  std::vector<identity::Trait> out;
  for (const auto& [key, value] : all) out.push_back({.key = key, .value = value, .source = {1}, .at = {1}});
  return out;
}

TEST(Consent, OneRefusalIsEnough) {
  EXPECT_TRUE(may_ask({}, "email", false));
  EXPECT_TRUE(may_ask(stated({{"consent.marketing", "false"}}), "email", false))
      << "a survey is no marketing";
  EXPECT_FALSE(may_ask(stated({{"consent.contact", "No"}}), "email", false));
  EXPECT_FALSE(may_ask(stated({{"consent.email", "拒绝"}, {"consent.survey", "true"}}), "email", false));
  EXPECT_TRUE(may_ask(stated({{"consent.email", "false"}}), "sms", false)) << "another channel";
}

TEST(Consent, WhereItMustBeGivenSilenceIsNone) {
  EXPECT_FALSE(may_ask({}, "email", true));
  EXPECT_FALSE(may_ask(stated({{"consent.contact", "true"}}), "email", true));
  EXPECT_FALSE(may_ask(stated({{"consent.survey", "perhaps"}}), "email", true));
  EXPECT_TRUE(may_ask(stated({{"consent.survey", "YES"}}), "email", true));
  EXPECT_TRUE(may_ask(stated({{"consent.email", "同意"}}), "email", true));
}

TEST(Consent, OwnLimits) {
  EXPECT_FALSE(own_limit(stated({{"survey_every_days", "often"}})));
  EXPECT_FALSE(own_limit(stated({{"survey_every_days", "-3"}})));
  EXPECT_EQ(own_limit(stated({{"survey_every_days", "90"}}))->value, days(90).value);
  EXPECT_EQ(own_limit(stated({{"survey_every_days", "100000"}}))->value, days(365).value);
}

}  // namespace
}  // namespace zhike::feedback
