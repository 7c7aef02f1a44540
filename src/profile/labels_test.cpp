#include "profile/labels.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "profile/profile.h"

namespace zhike::profile {
namespace {

constexpr std::int64_t kDay = 86'400'000;

std::vector<std::string> keys(const Profile& profile, Instant now, std::string_view group) {
  std::vector<std::string> out;
  for (const Label* label : labels_of(default_labels(), profile, now))
    if (label->group == group) out.push_back(label->key);
  return out;
}

using Keys = std::vector<std::string>;

TEST(Labels, TheDaysSinceTheLastVisitDecideTheLifeCycle) {
  Profile profile;
  profile.hot.first_seen = profile.hot.last_seen = {100 * kDay};
  EXPECT_EQ(keys(profile, {100 * kDay}, "lifecycle"), (Keys{"new_customer", "active"}));
  EXPECT_EQ(keys(profile, {131 * kDay - 1}, "lifecycle"), (Keys{"new_customer", "active"}))
      << "30 whole days";
  EXPECT_EQ(keys(profile, {131 * kDay}, "lifecycle"), Keys{"quiet"});
  EXPECT_EQ(keys(profile, {190 * kDay}, "lifecycle"), Keys{"quiet"});
  EXPECT_EQ(keys(profile, {191 * kDay}, "lifecycle"), Keys{"lapsed"});
  EXPECT_EQ(keys(profile, {90 * kDay}, "lifecycle"), (Keys{"new_customer", "active"})) << "a clock set back";
  profile.hot.first_seen = profile.hot.last_seen = {};
  EXPECT_EQ(keys(profile, {100 * kDay}, "lifecycle"), Keys{}) << "never seen";
}

TEST(Labels, ScoresFollowTheScalesOfTheIndices) {
  Profile profile;
  EXPECT_EQ(keys(profile, {}, "voice"), Keys{"silent"});
  const auto nps = [&](float answer) {
    profile.hot.nps = answer;
    return keys(profile, {}, "voice");
  };
  EXPECT_EQ(nps(0), Keys{"detractor"});
  EXPECT_EQ(nps(6), Keys{"detractor"});
  EXPECT_EQ(nps(7), Keys{"passive"});
  EXPECT_EQ(nps(8), Keys{"passive"});
  EXPECT_EQ(nps(9), Keys{"promoter"});
  EXPECT_EQ(nps(10), Keys{"promoter"});
  profile.hot = {};
  profile.hot.csat = 2;
  profile.hot.ces = 5;
  EXPECT_EQ(keys(profile, {}, "voice"), (Keys{"dissatisfied", "high_effort"}));
}

TEST(Labels, ConsentIsWhatWasStatedAndNothingElse) {
  Profile profile;
  EXPECT_EQ(keys(profile, {}, "consent"), Keys{});
  profile.consent = {{.key = "marketing", .value = "false", .source = {1}, .at = {5}}};
  EXPECT_EQ(keys(profile, {}, "consent"), Keys{"no_marketing"});
  profile.consent[0].value = "true";
  EXPECT_EQ(keys(profile, {}, "consent"), Keys{"marketing_allowed"});
}

TEST(Labels, ATraitIsComparedAsText) {
  const auto labels = parse_labels(
      R"([{"key":"gold","name_en":"Gold","name_zh":"金","group":"value",
           "all":[{"field":"trait.tier","op":"=","value":"gold"},{"field":"orders","op":">","value":0}]}])");
  ASSERT_TRUE(labels) << to_string(labels.error());
  Profile profile;
  profile.traits = {{.key = "tier", .value = "gold", .source = {1}, .at = {5}}};
  EXPECT_TRUE(labels_of(*labels, profile, {}).empty()) << "both have to hold";
  profile.hot.orders = 1;
  EXPECT_EQ(labels_of(*labels, profile, {}).size(), 1U);
  profile.traits[0].value = "silver";
  EXPECT_TRUE(labels_of(*labels, profile, {}).empty());
}

TEST(Labels, WhatIsWrongIsNamed) {
  const auto wrong = [](std::string_view all, std::string_view key = "a") {
    const auto parsed = parse_labels(
        fmt::format(R"([{{"key":"{}","name_en":"A","name_zh":"A","group":"g","all":{}}}])", key, all));
    return parsed ? std::string() : parsed.error().detail;
  };
  EXPECT_EQ(wrong(R"([{"field":"orders","op":"=","value":1}])"), "");
  EXPECT_TRUE(wrong("[]").contains("no condition"));
  EXPECT_TRUE(wrong(R"([{"field":"shoe_size","op":"=","value":1}])").contains("no field \"shoe_size\""));
  EXPECT_TRUE(wrong(R"([{"field":"orders","op":"~","value":1}])").contains("no op"));
  EXPECT_TRUE(wrong(R"([{"field":"orders","op":"=","value":"1"}])").contains("compared with numbers"));
  EXPECT_TRUE(wrong(R"([{"field":"trait.","op":"=","value":"1"}])").contains("no field"));
  EXPECT_TRUE(wrong(R"([{"field":"trait.x","op":"=","value":1}])").contains("compared with texts"));
  EXPECT_TRUE(parse_labels("{").error().detail.contains("not a JSON list"));
}

}  // namespace
}  // namespace zhike::profile
