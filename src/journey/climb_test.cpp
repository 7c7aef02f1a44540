#include "journey/climb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace zhike::journey {
namespace {

constexpr Millis kDay{86'400'000};

std::vector<FunnelMark> marks(std::initializer_list<FunnelMark> list) { return list; }

TEST(Climb, NobodyWithoutAStart) {
  EXPECT_EQ(climb({}, FunnelOrder::kOrdered, kDay).level, 0);
  EXPECT_EQ(climb(marks({{.ms = 10, .step = 2}, {.ms = 20, .step = 3}}), FunnelOrder::kOrdered, kDay).level,
            0);
  EXPECT_EQ(climb(marks({{.ms = 10, .step = 2}, {.ms = 20, .step = 3}}), FunnelOrder::kUnordered, kDay).level,
            2);
}

TEST(Climb, TheLatestStartWithinTheWindowCounts) {
  const auto way = marks({{.ms = 0, .step = 1, .group = 7},
                          {.ms = 400, .step = 1, .group = 8},
                          {.ms = 430, .step = 2},
                          {.ms = 520, .step = 3}});
  const Climb wide = climb(way, FunnelOrder::kOrdered, Millis{1'000});
  EXPECT_EQ(wide.level, 3);
  EXPECT_EQ(wide.took[1], 30);
  EXPECT_EQ(wide.took[2], 120);
  EXPECT_EQ(wide.group, 7) << "of the first event at the first step";
  EXPECT_EQ(wide.latest, 520);
  EXPECT_EQ(climb(way, FunnelOrder::kOrdered, Millis{120}).level, 3);
  EXPECT_EQ(climb(way, FunnelOrder::kOrdered, Millis{119}).level, 2);
  EXPECT_EQ(climb(way, FunnelOrder::kOrdered, Millis{29}).level, 1);
}

TEST(Climb, StrictMeansNoOtherStepBetween) {
  const auto back =
      marks({{.ms = 0, .step = 1}, {.ms = 10, .step = 2}, {.ms = 20, .step = 1}, {.ms = 30, .step = 3}});
  EXPECT_EQ(climb(back, FunnelOrder::kOrdered, kDay).level, 3);
  EXPECT_EQ(climb(back, FunnelOrder::kStrict, kDay).level, 2);
  // A chain that is broken does not hinder a later one.
  const auto again =
      marks({{.ms = 0, .step = 1}, {.ms = 10, .step = 3}, {.ms = 20, .step = 1}, {.ms = 30, .step = 2}});
  EXPECT_EQ(climb(again, FunnelOrder::kStrict, kDay).level, 2);
  EXPECT_EQ(climb(again, FunnelOrder::kStrict, kDay).took[1], 10);
}

TEST(Climb, AtTheBeginningOfTime) {
  const auto way = marks({{.ms = 0, .step = 1}, {.ms = 0, .step = 2}});
  EXPECT_EQ(climb(way, FunnelOrder::kOrdered, kDay).level, 2);
  const auto before = marks({{.ms = -50, .step = 1}, {.ms = -20, .step = 2}});
  EXPECT_EQ(climb(before, FunnelOrder::kOrdered, kDay).took[1], 30);
}

/// Is there a chain of events at steps 1 to `level` within the window? By trying all of them.
bool chains(const std::vector<FunnelMark>& all, std::size_t from, int step, int level, std::int64_t start,
            std::int64_t window, bool is_strict) {
  if (step > level) return true;
  for (std::size_t i = from; i < all.size(); ++i) {
    if (step > 1 && all[i].ms - start > window) return false;
    if (all[i].step == step &&
        chains(all, i + 1, step + 1, level, step == 1 ? all[i].ms : start, window, is_strict))
      return true;
    if (is_strict && step > 1 && all[i].step != step - 1) return false;
  }
  return false;
}

int by_trying(const std::vector<FunnelMark>& all, bool is_strict, std::int64_t window) {
  int level = 0;
  while (level < 4 && chains(all, 0, 1, level + 1, 0, window, is_strict)) ++level;
  return level;
}

int any_order_by_trying(const std::vector<FunnelMark>& all, std::int64_t window) {
  int best = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    unsigned steps = 0;
    for (std::size_t j = i; j < all.size() && all[j].ms - all[i].ms <= window; ++j)
      steps |= 1U << all[j].step;
    best = std::max(best, __builtin_popcount(steps));
  }
  return best;
}

TEST(Climb, IsWhatTryingAllChainsFinds) {
  std::mt19937 dice(7);
  int reached[5] = {};
  for (int round = 0; round < 4'000; ++round) {
    std::vector<FunnelMark> all(dice() % 9);
    for (FunnelMark& mark : all)
      mark = {.ms = static_cast<std::int64_t>(dice() % 40),
              .step = static_cast<std::uint8_t>(1 + dice() % 4)};
    std::ranges::sort(all);
    // Events of one moment have no order among them: what sorting gives counts in all ways of counting.
    const auto window = static_cast<std::int64_t>(dice() % 30);
    const Climb ordered = climb(all, FunnelOrder::kOrdered, Millis{window});
    ASSERT_EQ(ordered.level, by_trying(all, false, window)) << round;
    ++reached[ordered.level];
    ASSERT_EQ(climb(all, FunnelOrder::kUnordered, Millis{window}).level, any_order_by_trying(all, window))
        << round;
    ASSERT_LE(climb(all, FunnelOrder::kStrict, Millis{window}).level, ordered.level) << round;
    ASSERT_EQ(climb(all, FunnelOrder::kStrict, Millis{window}).level, by_trying(all, true, window)) << round;
  }
  for (const int count : reached) EXPECT_GT(count, 20);
}

}  // namespace
}  // namespace zhike::journey
