#include "journey/detectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "journey/cases.h"
#include "journey/test_cases.h"

namespace zhike::journey {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;
using testing::IsEmpty;

struct Struck {
  std::uint64_t customer;
  std::string detector, place, other;
  std::int64_t ms;
};

DetectorLimits limits_of(const Definition& definition) {
  return {.pause_ms = pause_of(definition),
          .until_ms = 61 * kDay,
          .has_ends = !definition.ends.empty(),
          .fences = {{std::uint64_t{5} << 32U | 6, 2 * kDay}}};
}

std::vector<Struck> strikes_in(std::span<const Written> events, const Definition& definition = {},
                               std::span<const NamedKind> listed = shop_kinds()) {
  const CaseKinds kinds = case_kinds(listed, definition);
  const DetectorLimits limits = limits_of(definition);
  Detectors detectors(kinds, limits);
  std::vector<Struck> out;
  for (const CutCase& one : cut(kinds, definition, events)) {
    detectors.look(one.every);
    for (const Strike& strike : detectors.strikes())
      out.push_back({one.customer, std::string(to_string(strike.key.detector)), kinds.names[strike.key.place],
                     kinds.names[strike.key.other], strike.ms});
  }
  return out;
}

TEST(Detectors, FindEachFrictionOfTheShopOnce) {
  constexpr std::int64_t kTen = 10 * kHour;
  EXPECT_THAT(strikes_in(shop_events()),
              ElementsAre(FieldsAre(1, "back_and_forth", "cart", "product", kTen + 3 * kMinute),
                          FieldsAre(1, "loop", "product", "", kTen + 6 * kMinute),
                          FieldsAre(2, "abandoned", "checkout", "", 2 * kDay + kTen + kMinute),
                          FieldsAre(2, "dead_end", "checkout", "Payment Failed", 2 * kDay + kTen + kMinute),
                          FieldsAre(2, "rage", "checkout", "Checkout Started", 2 * kDay + kTen + 3000),
                          FieldsAre(3, "channel_bounce", "app", "web", 4 * kDay + kTen + 2 * kHour),
                          FieldsAre(3, "repeated_contact", "contact", "", 6 * kDay + kTen),
                          FieldsAre(4, "wait", "Order Completed", "Order Delivered", 26 * kDay + kTen)));
}

TEST(Detectors, FollowTheKindOfJourney) {
  const Definition purchase{.key = "purchase", .starts = {"cart"}, .ends = {"order"}, .gap_days = 1};
  constexpr std::int64_t kTen = 10 * kHour;
  std::vector<Written> first(shop_events().begin(), shop_events().begin() + 9);
  EXPECT_THAT(strikes_in(first, purchase),
              ElementsAre(FieldsAre(1, "back_and_forth", "cart", "product", kTen + 4 * kMinute)))
      << "the loop's first visit came before the start";
  first.erase(first.begin() + 7);  // the order
  const auto found = strikes_in(first, purchase);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(found[0], FieldsAre(1, "abandoned", "product", "", kTen + 6 * kMinute)) << "it ended elsewhere";
}

TEST(Detectors, StopAtTheirLimits) {
  const std::vector<Written> another_visit{{1, 0, 1}, {1, 1, 2}, {1, 2, 1}, {1, 2 + kHour, 2}};
  EXPECT_THAT(strikes_in(another_visit), IsEmpty()) << "back and forth within a visit";
  const std::vector<Written> slow{{1, 0, 1}, {1, 4000, 1}, {1, 8000, 1}, {1, 10'001, 1}};
  EXPECT_THAT(strikes_in(slow), IsEmpty());
  const std::vector<Written> goes_on{{1, 0, 4}, {1, 10 * kMinute, 5, 1}};
  EXPECT_THAT(strikes_in(goes_on), IsEmpty()) << "no dead end, and not abandoned";
  const std::vector<Written> one_matter{{1, 0, 7, 9}, {1, kDay, 7, 9}, {2, 0, 7}, {2, kMinute, 7}};
  EXPECT_THAT(strikes_in(one_matter), IsEmpty()) << "one ticket; one visit";
  const std::vector<Written> slow_bounce{{1, 0, 1}, {1, kDay, 8}, {1, 2 * kDay, 1}, {1, 3 * kDay + 1, 8}};
  EXPECT_THAT(strikes_in(slow_bounce), IsEmpty());
  const std::vector<Written> just_now{{1, 61 * kDay - kMinute, 4}};
  EXPECT_THAT(strikes_in(just_now), IsEmpty()) << "what comes next is not known yet";
  const std::vector<Written> by_us{{1, 0, 1}, {1, 1, 6}, {1, 2, 1}, {1, 3, 6}, {1, kHour, 1}};
  for (const Struck& one : strikes_in(by_us))
    EXPECT_NE(one.detector, "channel_bounce") << "logistics is no channel";
}

TEST(Detectors, NameAPlaceOnceAndTheFirstTime) {
  std::vector<Written> many;
  for (int i = 0; i < 40; ++i) many.push_back({1, i * kMinute, i % 2 == 0 ? 1U : 2U});
  EXPECT_THAT(strikes_in(many), ElementsAre(FieldsAre(1, "back_and_forth", "cart", "product", 3 * kMinute),
                                            FieldsAre(1, "loop", "cart", "", 7 * kMinute),
                                            FieldsAre(1, "loop", "product", "", 6 * kMinute)));
}

/// Main, billing, main, address, main: lost in the menus at the third time; the main menu said again and
/// again is one stay, and another call begins anew.
TEST(Detectors, FindWhoIsLostInAVoiceMenu) {
  std::vector<NamedKind> kinds = shop_kinds();
  for (const auto* name : {"IVR main", "IVR billing", "IVR address"})
    kinds.push_back({static_cast<std::uint32_t>(kinds.size() + 1), name, "self_service", "call_center",
                     "support", false});
  const std::vector<Written> lost{
      {1, 0, 10}, {1, 10'000, 11}, {1, 20'000, 10}, {1, 30'000, 12}, {1, 40'000, 10}};
  EXPECT_THAT(strikes_in(lost, {}, kinds),
              ElementsAre(FieldsAre(1, "ivr_loop", "self_service", "IVR main", 40'000)));
  const std::vector<Written> said_again{{1, 0, 10}, {1, 20'000, 10}, {1, 40'000, 10}, {1, 60'000, 11}};
  EXPECT_THAT(strikes_in(said_again, {}, kinds), IsEmpty());
  const std::vector<Written> calls{
      {1, 0, 10}, {1, 10'000, 11}, {1, 20'000, 10}, {1, kHour, 11}, {1, kHour + 10'000, 10}};
  EXPECT_THAT(strikes_in(calls, {}, kinds), IsEmpty());
}

TEST(Detectors, LookAtJourneysInWhichTheCustomerNeverCame) {
  const std::vector<Written> parcels{{1, 0, 6}, {1, kDay, 6}, {1, 2 * kDay, 6}};
  EXPECT_THAT(strikes_in(parcels), IsEmpty());
  const std::vector<Written> repeated{{1, 0, 6}, {1, 1, 6}, {1, 2, 6}, {1, 3, 6}};
  EXPECT_THAT(strikes_in(repeated), ElementsAre(FieldsAre(1, "rage", "delivery", "Order Delivered", 3)));
}

TEST(Detectors, HaveNames) {
  for (const auto* name : {"abandoned", "back_and_forth", "channel_bounce", "dead_end", "ivr_loop", "loop",
                           "rage", "repeated_contact", "wait"})
    EXPECT_EQ(to_string(parse_detector(name)), name);
  EXPECT_EQ(parse_detector("hope"), Detector::kNone);
}

}  // namespace
}  // namespace zhike::journey
