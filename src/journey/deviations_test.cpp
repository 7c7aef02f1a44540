#include "journey/deviations.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "journey/performance_store.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kMinute = 60'000;

/// A case of these steps, one letter each, spread evenly over so many minutes; each costs 2.
void add_case(StepBuilder& builder, const std::string& letters, std::int64_t minutes) {
  const auto last = static_cast<std::int64_t>(letters.size()) - 1;
  for (std::size_t i = 0; i < letters.size(); ++i)
    ASSERT_TRUE(builder.add({.activity = std::string_view(letters).substr(i, 1),
                             .end = static_cast<std::int64_t>(i) * minutes * kMinute / last,
                             .cost = 2}));
  ASSERT_TRUE(builder.end_case(""));
}

Deviations found_in(const StepLog& log) {
  auto out = deviations_of(log, net_of_steps({"a", "b", "c"}), {});
  EXPECT_TRUE(out) << to_string(out.error());
  return *std::move(out);
}

// With x: 50 and 70 minutes, mean 60, without: 10, 20, 30, 40, mean 25; 35 more, 70 in all. It costs 8 where
// the others cost 6, 6, 6 and 4: 2.5 more, 5 in all.
TEST(Deviations, ByHand) {
  StepBuilder builder;
  for (const std::int64_t minutes : {10, 20, 30}) add_case(builder, "abc", minutes);
  for (const std::int64_t minutes : {50, 70}) add_case(builder, "abxc", minutes);
  add_case(builder, "ac", 40);
  const Deviations found = found_in(builder.finish("hand").value());
  EXPECT_EQ(found.cases, 6);
  EXPECT_EQ(found.fitting, 3);
  ASSERT_EQ(found.items.size(), 2);
  const Deviation& extra = found.items[0];
  EXPECT_EQ(extra.kind, DeviationKind::kExtra);
  EXPECT_EQ(extra.activity, "x");
  EXPECT_EQ(extra.cases, 2);
  ASSERT_TRUE(extra.throughput_ms && extra.cost);
  EXPECT_NEAR(extra.throughput_ms->difference, 35 * kMinute, 1e-3);
  EXPECT_NEAR(*extra.total_ms, 70 * kMinute, 1e-3);
  EXPECT_NEAR(*extra.total_cost, 5, 1e-9);
  EXPECT_EQ(found.items[1].kind, DeviationKind::kSkipped);
  EXPECT_EQ(found.items[1].activity, "b");
  EXPECT_FALSE(found.items[1].throughput_ms) << "one case bears no difference";
}

// A deviation that adds 100 minutes to a case stands above one that adds 10, and the interval holds what was
// planted.
TEST(Deviations, RanksWhatWasPlanted) {
  std::mt19937_64 chance(5);
  std::uniform_int_distribution<std::int64_t> noise(0, 60);
  std::uniform_real_distribution<double> draw(0, 1);
  StepBuilder builder;
  for (int c = 0; c < 800; ++c) {
    const bool slow = draw(chance) < 0.2, less = draw(chance) < 0.2;
    add_case(builder, std::string("a") + (slow ? "x" : "") + (less ? "y" : "") + "bc",
             100 + noise(chance) + (slow ? 100 : 0) + (less ? 10 : 0));
  }
  StepLog log = builder.finish("planted").value();
  log.has_costs = false;
  const Deviations found = found_in(log);
  ASSERT_EQ(found.items.size(), 2);
  EXPECT_EQ(found.items[0].activity, "x");
  EXPECT_LE(found.items[0].throughput_ms->interval->low, 100 * kMinute);
  EXPECT_GE(found.items[0].throughput_ms->interval->high, 100 * kMinute);
}

TEST(Deviations, OfNothingAreNone) {
  const Deviations found = found_in(StepLog{});
  EXPECT_EQ(found.cases, 0);
  EXPECT_TRUE(found.items.empty());
}

TEST(StoredSteps, RefuseWithoutThePermission) {
  const auto client = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  const query::Filter filter{.range = {{0}, {1}}};
  const Grant nobody{.user = {}, .permissions = 0, .all_units = true, .units = {}};
  EXPECT_EQ(stored_steps(*client, nobody, filter, {}).error().code, Code::kPermissionMissing);
  EXPECT_EQ(stored_steps(*client, Grant::owner(), filter, {}).error().code, Code::kWarehouseDown);
  EXPECT_EQ(stored_steps(*client, Grant::owner(), filter, {.resource = std::string(200, 'x')}).error().code,
            Code::kBadFilter);
  EXPECT_EQ(parse_case_of("case").value(), CaseOf::kCase);
  EXPECT_EQ(parse_case_of("day").error().code, Code::kBadFilter);
}

}  // namespace
}  // namespace zhike::journey
