#include "journey/channels.h"

#include <gtest/gtest.h>

#include "journey/channel_paths.h"
#include "journey/switching.h"

namespace zhike::journey {
namespace {

// A call centre that answers slowly and a chat that answers at once; a web shop without service.
std::vector<ChannelCounts> three() {
  ChannelCounts calls{
      .channel = "call_center", .events = 500, .customers = 300, .won = 10, .waiting_median = 55};
  calls.contacts = 400;
  calls.told_resolved = 250;
  calls.waiting = {.n = 400, .sum = 24'000, .sum_squares = 1'800'000};  // mean 60, deviation 30
  calls.handling = {.n = 300, .sum = 54'000, .sum_squares = 12'000'000};
  calls.abandonment = {.hits = 100, .n = 400};
  calls.first_contact = {.hits = 150, .n = 290};
  calls.young_contacts = 10;
  calls.satisfaction = {.hits = 60, .n = 120};
  calls.retention = {.hits = 90, .n = 300};
  ChannelCounts chat{.channel = "chat", .events = 400, .customers = 200, .waiting_median = 8};
  chat.contacts = 200;
  chat.told_resolved = 180;
  chat.waiting = {.n = 200, .sum = 2'000, .sum_squares = 30'000};
  chat.handling = {.n = 180, .sum = 33'000, .sum_squares = 8'000'000};
  chat.abandonment = {.hits = 0, .n = 200};
  chat.first_contact = {.hits = 160, .n = 190};
  chat.satisfaction = {.hits = 20, .n = 25};
  chat.young_customers = 200;
  ChannelCounts web{.channel = "web", .events = 9000, .customers = 4000, .orders = 400, .won = 0};
  web.conversion = {.hits = 400, .n = 4000};
  web.retention = {.hits = 2000, .n = 4000};
  return {web, calls, chat};
}

const Measured& of(const std::vector<Channel>& channels, std::size_t at, ChannelMeasure measure) {
  return channels.at(at).of(measure);
}

TEST(Channels, AreMeasuredWithTheirIntervals) {
  const auto found = measure_channels(three(), {});
  // Wilson (1927) of 400 of 4,000 by hand: centre (0.1 + z²/8000) ÷ (1 + z²/4000).
  const Measured& conversion = of(found, 0, ChannelMeasure::kConversion);
  EXPECT_DOUBLE_EQ(*conversion.value, 0.1);
  EXPECT_NEAR(conversion.interval->low, 0.09108, 1e-5);
  EXPECT_NEAR(conversion.interval->high, 0.10968, 1e-5);
  EXPECT_EQ(conversion.n, 4000U);
  EXPECT_DOUBLE_EQ(*of(found, 1, ChannelMeasure::kWaiting).value, 60);
  EXPECT_DOUBLE_EQ(*of(found, 1, ChannelMeasure::kAbandonment).value, 0.25);
  EXPECT_EQ(of(found, 1, ChannelMeasure::kFirstContact).young, 10U);
}

TEST(Channels, SayWhyThereIsNoValue) {
  const auto found = measure_channels(three(), {{"call_center", 1500}, {"web", 8000}});
  EXPECT_EQ(of(found, 0, ChannelMeasure::kWaiting).why, NoValue::kNoContacts);
  EXPECT_EQ(of(found, 0, ChannelMeasure::kSatisfaction).why, NoValue::kNoAnswers);
  EXPECT_EQ(of(found, 0, ChannelMeasure::kAcquisition).why, NoValue::kNoCustomers);
  EXPECT_EQ(of(found, 1, ChannelMeasure::kConversion).why, NoValue::kNobodyLooked);
  EXPECT_EQ(of(found, 2, ChannelMeasure::kAbandonment).why, NoValue::kNotRecorded);
  EXPECT_EQ(of(found, 2, ChannelMeasure::kRetention).why, NoValue::kTooYoung);
  EXPECT_EQ(of(found, 2, ChannelMeasure::kCost).why, NoValue::kNoCost);
  EXPECT_FALSE(of(found, 2, ChannelMeasure::kCost).value);
  EXPECT_DOUBLE_EQ(*of(found, 1, ChannelMeasure::kAcquisition).value, 150);
  EXPECT_DOUBLE_EQ(*of(found, 1, ChannelMeasure::kCostPerCustomer).value, 5);
  EXPECT_DOUBLE_EQ(*of(found, 0, ChannelMeasure::kCostPerCustomer).value, 2);
}

TEST(Channels, AreStrongWhereTheirIntervalIsBeyondThatOfTheOthers) {
  const auto found = measure_channels(three(), {});
  EXPECT_EQ(of(found, 2, ChannelMeasure::kFirstContact).verdict,
            Verdict::kStrong);  // 84 % of 190 over 52 % of 290
  EXPECT_EQ(of(found, 1, ChannelMeasure::kFirstContact).verdict, Verdict::kWeak);
  EXPECT_EQ(of(found, 2, ChannelMeasure::kWaiting).verdict, Verdict::kStrong);  // less is better
  EXPECT_EQ(of(found, 1, ChannelMeasure::kWaiting).verdict, Verdict::kWeak);
  EXPECT_EQ(of(found, 1, ChannelMeasure::kHandling).verdict, Verdict::kNone);      // 180 and 183 s
  EXPECT_EQ(of(found, 2, ChannelMeasure::kSatisfaction).verdict, Verdict::kNone);  // 25 answers are too few
  EXPECT_EQ(of(found, 0, ChannelMeasure::kConversion).verdict, Verdict::kNone);    // nothing to compare with
  EXPECT_EQ(of(found, 0, ChannelMeasure::kRetention).verdict, Verdict::kStrong);
}

TEST(Channels, OfNothingAreNone) { EXPECT_TRUE(measure_channels({}, {{"web", 1}}).empty()); }

TEST(Scorecards, RefuseWhatCannotBe) {
  const auto client = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  const query::Filter filter{.range = {{0}, {1}}};
  const auto code = [&](const Grant& grant, const ScorecardOptions& options) {
    return scorecard(*client, grant, filter, options).error().code;
  };
  EXPECT_EQ(code(Grant::owner(), {.retention_days = 1}), Code::kBadFilter);
  EXPECT_EQ(code(Grant::owner(), {.costs = {{"web", -1.0}}}), Code::kBadFilter);
  EXPECT_EQ(code({.user = {}, .permissions = 0, .all_units = true, .units = {}}, {}),
            Code::kPermissionMissing);
  EXPECT_EQ(code(Grant::owner(), {}), Code::kWarehouseDown);
}

TEST(ChannelCredits, RefuseWhatCannotBe) {
  const auto client = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  const query::Filter filter{.range = {{0}, {1}}};
  const Grant nobody{.user = {}, .permissions = 0, .all_units = true, .units = {}};
  for (const int days : {0, 366})
    EXPECT_EQ(channel_credit(*client, Grant::owner(), filter, {.window_days = days}).error().code,
              Code::kBadFilter);
  EXPECT_EQ(channel_credit(*client, nobody, filter, {}).error().code, Code::kPermissionMissing);
  EXPECT_EQ(channel_credit(*client, Grant::owner(), filter, {}).error().code, Code::kWarehouseDown);
  EXPECT_EQ(switching(*client, nobody, filter).error().code, Code::kPermissionMissing);
  EXPECT_EQ(switching(*client, Grant::owner(), filter).error().code, Code::kWarehouseDown);
}

TEST(Switches, AreKnownOrNot) {
  const Switching found{.journeys = 9, .switching = 6, .switches = 10, .carried = 4, .lost = 1};
  EXPECT_DOUBLE_EQ(found.degree().value(), 0.4);
  EXPECT_DOUBLE_EQ(found.degree_told().value(), 0.8);
}

}  // namespace
}  // namespace zhike::journey
