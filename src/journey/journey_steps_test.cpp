#include "journey/journey_steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "journey/test_store.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kDay = 86'400'000;

struct Row {
  std::uint64_t customer;
  std::int64_t ms;
  std::uint64_t event_id, matter;
  std::uint32_t kind;
};

/// Kinds 1 to 3 are nodes b, a, b.
TestStore store_of(const std::vector<Row>& rows) {
  std::vector<std::string> written;
  for (const Row& row : rows) {
    warehouse::RowWriter out;
    out.u64(row.customer);
    out.i64(row.ms);
    out.u64(row.event_id);
    out.u64(row.matter);
    out.u32(row.kind);
    written.push_back(out.take());
  }
  return TestStore({"UInt64", "Int64", "UInt64", "UInt64", "UInt32"}, std::move(written),
                   {{"2", "a"}, {"1", "b"}, {"3", "b"}});
}

using Found = std::map<std::uint64_t, std::vector<std::vector<JourneyStep>>>;

const query::Filter kFilter{.range = {{0}, {400 * kDay}}};

Found found(TestStore& store, std::uint64_t held = kJourneyEventsHeld) {
  auto steps = JourneySteps::open(store, Grant::owner(), kFilter, Level::kTouchpoint);
  EXPECT_TRUE(steps);
  EXPECT_EQ(steps->nodes(), (std::vector<std::string>{"a", "b"}));
  Found out;
  std::mutex lock;
  const EachJourney take = [&](std::uint64_t customer, std::span<const JourneyStep> journey) {
    const std::lock_guard guard(lock);
    out[customer].emplace_back(journey.begin(), journey.end());
  };
  const std::array workers{take, take};
  const auto done = steps->each(workers, held);
  EXPECT_TRUE(done) << to_string(done.error());
  return out;
}

/// As journey.h says it, pair by pair.
Found plainly(std::vector<Row> rows) {
  std::ranges::sort(rows, {}, [](const Row& r) { return std::tuple(r.customer, r.ms, r.event_id); });
  Found out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].kind > 3) continue;
    bool is_held = false;
    for (std::size_t before = 0; before < i; ++before) {
      if (rows[before].customer != rows[i].customer || rows[before].kind > 3) continue;
      is_held = is_held || rows[i].ms - rows[before].ms <= 7 * kDay;
      for (const Row& other : rows)  // a case that goes on over it, up to its last event
        is_held =
            is_held || (other.customer == rows[i].customer && other.kind <= 3 && rows[before].matter != 0 &&
                        other.matter == rows[before].matter && rows[i].ms - other.ms <= 7 * kDay);
    }
    auto& journeys = out[rows[i].customer];
    if (!is_held) journeys.emplace_back();
    journeys.back().push_back(
        {.ms = rows[i].ms, .node = static_cast<std::uint16_t>(rows[i].kind == 2 ? 0 : 1)});
  }
  return out;
}

std::vector<Row> some(std::size_t count) {
  std::mt19937_64 dice(5);
  std::vector<Row> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({.customer = dice() % 9,
                   .ms = static_cast<std::int64_t>(dice() % 300) * kDay,  // often the same time
                   .event_id = i,
                   .matter = dice() % 3 == 0 ? 1 + dice() % 40 : 0,
                   .kind = static_cast<std::uint32_t>(1 + dice() % 4)});
  std::ranges::shuffle(out, dice);
  return out;
}

TEST(JourneySteps, AreCutWhereNothingFollowsAndNoCaseGoesOn) {
  const std::vector<Row> rows = some(200);
  TestStore store = store_of(rows);
  const Found all = found(store);
  EXPECT_EQ(store.asked, 1);
  EXPECT_EQ(all, plainly(rows));
  std::size_t journeys = 0;
  for (const auto& [customer, of] : all) journeys += of.size();
  EXPECT_GT(journeys, 2 * all.size()) << "there is something to cut";
}

TEST(JourneySteps, AreReadInPartsWhereTheyAreMany) {
  const std::vector<Row> rows = some(200);
  TestStore store = store_of(rows);
  EXPECT_EQ(found(store, 60), plainly(rows));
  EXPECT_GT(store.asked, 4);
}

TEST(JourneySteps, SayWhenTheyAreTooMany) {
  TestStore store = store_of(some(200));
  auto steps = JourneySteps::open(store, Grant::owner(), kFilter, Level::kTouchpoint);
  ASSERT_TRUE(steps);
  const std::array<EachJourney, 1> nobody{[](std::uint64_t, std::span<const JourneyStep>) {}};
  EXPECT_EQ(steps->each(nobody, 5).error().code, Code::kQueryTooLarge) << "one customer alone has more";
  EXPECT_EQ(steps->each(nobody, 1'000, 100).error().code, Code::kQueryTooLarge);
  const Grant blind{.user = {}, .permissions = 0, .all_units = true, .units = {}};
  EXPECT_EQ(JourneySteps::open(store, blind, kFilter, Level::kStage).error().code, Code::kPermissionMissing);
}

}  // namespace
}  // namespace zhike::journey
