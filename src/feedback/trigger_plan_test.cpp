#include "feedback/trigger_plan.h"

#include <gtest/gtest.h>

#include <functional>

#include "feedback/trigger_presets.h"

namespace zhike::feedback {
namespace {

TriggerPlan calls() {
  TriggerPlan out;
  out.filter = {{"name", "Call Ended"}};
  out.delay = minutes(30);
  out.ask.connector = 7;
  return out;
}

TEST(TriggerPlan, IsRecordedWhole) {
  TriggerPlan plan = calls();
  plan.properties = {{"resolved", {"true", "是"}}, {"queue", {"gold"}}};
  plan.share = 0.25;
  plan.quiet = QuietHours{.from = 1260, .to = 540};
  plan.expires_days = 0;
  plan.all_units = false;
  plan.units = {"north", "south"};
  plan.ask.channel = "sms";
  plan.ask.reminders = 2;
  plan.ask.remind_days = 3;
  plan.ask.message = {.subject = "S", .text = "T {link}"};
  plan.ask.zh = {.subject = "", .text = "请 {link}"};
  const std::string json = to_json(plan);
  const auto read = trigger_plan_of(json);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(to_json(*read), json);
  EXPECT_EQ(read->properties, plan.properties);
  EXPECT_EQ(read->quiet, plan.quiet);
  EXPECT_EQ(read->units, plan.units);
  EXPECT_EQ(read->ask.zh.text, "请 {link}");
  EXPECT_FALSE(read->all_units);
}

TEST(TriggerPlan, WhatIsNoRecordIsAnError) {
  for (const auto* text :
       {"", "[]", "{}", R"({"filter": {"name": "x"}})", R"({"filter": 3, "share": "all"})"})
    EXPECT_FALSE(trigger_plan_of(text)) << text;
}

TEST(TriggerPlan, RefusesWhatCannotBe) {
  ASSERT_TRUE(check(calls()));
  const auto refused = [](const std::function<void(TriggerPlan&)>& change) {
    TriggerPlan bad = calls();
    change(bad);
    const auto checked = check(bad);
    return !checked && checked.error().code == Code::kBadField;
  };
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.filter.clear(); })) << "every event would ask";
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.filter = {{"from", "2026-01-01"}}; }));
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.properties = {{"resolved", {}}}; }));
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.delay = days(31); }));
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.delay = {-1}; }));
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.share = 0; }));
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.share = 1.01; }));
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.delay = days(2); })) << "stale before it is due";
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.quiet = QuietHours{.from = 60, .to = 60}; }));
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.quiet = QuietHours{.from = 1440, .to = 60}; }));
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.ask.connector = 0; }));
  EXPECT_TRUE(refused([](TriggerPlan& p) { p.expires_days = 400; }));
}

TEST(TriggerPlan, AShareIsThatShareAndStaysTheSame) {
  std::size_t drawn = 0;
  for (std::uint64_t event = 0; event < 20'000; ++event) {
    const bool is = is_drawn(3, event << 20U, 0.3);
    EXPECT_EQ(is, is_drawn(3, event << 20U, 0.3));
    drawn += is ? 1 : 0;
  }
  // Five standard deviations of a binomial: sqrt(20,000 × 0.3 × 0.7) = 65.
  EXPECT_NEAR(static_cast<double>(drawn), 6'000, 325);
  EXPECT_TRUE(is_drawn(3, 17, 1));
}

TEST(TriggerPlan, QuietHoursEndInTheMorning) {
  const Zone zone = *Zone::find("Asia/Shanghai");
  const QuietHours night{.from = 21 * 60, .to = 9 * 60}, noon{.from = 12 * 60, .to = 14 * 60};
  const auto at = [&](std::string_view text) { return *parse_time(text, zone); };
  EXPECT_EQ(after_quiet(night, at("2026-03-02 20:59:59"), zone), at("2026-03-02 20:59:59"));
  EXPECT_EQ(after_quiet(night, at("2026-03-02 21:00:00"), zone), at("2026-03-03 09:00:00"));
  EXPECT_EQ(after_quiet(night, at("2026-03-03 08:59:59"), zone), at("2026-03-03 09:00:00"));
  EXPECT_EQ(after_quiet(night, at("2026-03-03 09:00:00"), zone), at("2026-03-03 09:00:00"));
  EXPECT_EQ(after_quiet(noon, at("2026-03-03 13:00:00"), zone), at("2026-03-03 14:00:00"));
  EXPECT_EQ(after_quiet(std::nullopt, at("2026-03-02 23:00:00"), zone), at("2026-03-02 23:00:00"));
}

TEST(TriggerPlan, AClockAheadOfItsTimeDelaysNothing) {
  const TriggerPlan plan = calls();
  EXPECT_EQ(due_of(plan, Instant{1'000}, Instant{5'000}), (Instant{1'801'000}));
  EXPECT_EQ(due_of(plan, Instant{9'000'000'000}, Instant{5'000}), (Instant{1'805'000}));
}

TEST(TriggerPlan, TimesOfTheDay) {
  EXPECT_EQ(parse_minute("00:00"), 0);
  EXPECT_EQ(parse_minute("23:59"), 1439);
  EXPECT_EQ(minute_text(1260), "21:00");
  for (const auto* text : {"", "24:00", "9:00", "12:60", "ab:cd", "12-30", "1a:00", "-1:30"})
    EXPECT_FALSE(parse_minute(text)) << text;
}

TEST(TriggerPresets, EachIsAPlan) {
  ASSERT_FALSE(trigger_presets().empty());
  for (const TriggerPreset& one : trigger_presets()) {
    TriggerPlan plan = calls();
    plan.filter = one.filter;
    plan.delay = one.delay;
    plan.fresh = {one.delay.value + days(1).value};
    EXPECT_TRUE(check(plan)) << one.key;
    EXPECT_FALSE(one.title.zh.empty() || one.title.en.empty()) << one.key;
  }
}

}  // namespace
}  // namespace zhike::feedback
