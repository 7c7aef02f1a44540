#include "journey/performance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace zhike::journey {
namespace {

constexpr std::int64_t kMinute = 60'000;

/// A step of the hand-worked log, in minutes.
struct Short {
  std::string_view activity, resource;
  std::int64_t begin, end;
  Said failed = Said::kNo;
};

void add_case(StepBuilder& builder, std::string_view group, const std::vector<Short>& steps) {
  for (const Short& of : steps)
    ASSERT_TRUE(builder.add({.activity = of.activity,
                             .resource = of.resource,
                             .begin = of.begin < 0 ? mining::kNoTime : of.begin * kMinute,
                             .end = of.end * kMinute,
                             .cost = 2,
                             .machine = of.resource == "bot" ? Said::kYes : Said::kNo,
                             .failed = of.failed}));
  ASSERT_TRUE(builder.end_case(group));
}

/// Three cases whose figures the tests work out by hand.
StepLog by_hand() {
  StepBuilder builder;
  add_case(builder, "old",
           {{"a", "ann", 0, 10}, {"b", "bob", 30, 40}, {"b", "bob", 50, 60}, {"c", "ann", 60, 70}});
  add_case(builder, "old", {{"a", "ann", 5, 15}, {"b", "bob", 30, 45}, {"c", "ann", 80, 100, Said::kYes}});
  add_case(builder, "new", {{"a", "ann", 100, 110}, {"c", "bot", 110, 130}});
  StepLog out = builder.finish("hand").value();
  out.machines_said = out.failures_said = true;
  return out;
}

Performance performed(const StepLog& log, const PerformanceOptions& options = {}) {
  auto out = performance(log, options);
  EXPECT_TRUE(out) << to_string(out.error());
  return *std::move(out);
}

// Throughput 70, 95 and 30 minutes; waiting before b 20 + 10 + 15, before c 0 + 35 + 0.
TEST(Performance, TimesByHand) {
  const StepLog log = by_hand();
  const Performance found = performed(log);
  EXPECT_EQ(found.cases, 3);
  EXPECT_EQ(found.steps, 9);
  EXPECT_EQ(found.with_begin, 9);
  EXPECT_EQ(found.unfinished, 0);
  EXPECT_DOUBLE_EQ(*found.throughput.median, 70 * kMinute);
  EXPECT_DOUBLE_EQ(*found.throughput.mean, 65 * kMinute);
  EXPECT_DOUBLE_EQ(*found.throughput.p90, 90 * kMinute) << "70 + 0.8 of the way to 95";
  EXPECT_FALSE(found.throughput.median_in) << "three cases bear no interval";
  EXPECT_DOUBLE_EQ(found.waiting.total, 80 * kMinute);
  EXPECT_DOUBLE_EQ(found.service.total, 115 * kMinute);
  EXPECT_DOUBLE_EQ(found.cost.total, 18);
  ASSERT_EQ(found.activities.size(), 3);
  EXPECT_EQ(log.activities[found.activities[0].activity], "b");
  EXPECT_DOUBLE_EQ(found.activities[0].waiting.total, 45 * kMinute);
  EXPECT_DOUBLE_EQ(*found.activities[0].share, 45.0 / 80);
  EXPECT_DOUBLE_EQ(*found.activities[0].waiting.median, 15 * kMinute);
  EXPECT_DOUBLE_EQ(found.activities[0].service.total, 35 * kMinute);
  EXPECT_EQ(log.activities[found.activities[2].activity], "a");
  EXPECT_EQ(found.activities[2].waiting.n, 0) << "the first step of a case waits for nothing";
  ASSERT_EQ(found.edges.size(), 4);
  EXPECT_DOUBLE_EQ(found.edges[0].waiting.total, 35 * kMinute);
  EXPECT_DOUBLE_EQ(found.edges[3].waiting.total, 0);
}

TEST(Performance, ReworkAndBatchesByHand) {
  const StepLog log = by_hand();
  const Performance found = performed(log);
  EXPECT_EQ(found.rework.cases.hits, 1);
  EXPECT_EQ(found.rework.cases.n, 3);
  EXPECT_EQ(found.rework.repeats, 1);
  ASSERT_EQ(found.rework.activities.size(), 1);
  EXPECT_EQ(found.rework.activities[0].self_loops, 1);
  EXPECT_DOUBLE_EQ(found.rework.activities[0].extra.total, 20 * kMinute) << "from 40 to 60";
  // bob begins b at 30 of two cases, and at 50 alone.
  ASSERT_EQ(found.batches.size(), 1);
  EXPECT_EQ(found.batches[0].batches, 1);
  EXPECT_EQ(found.batches[0].steps, 2);
  EXPECT_EQ(found.batches[0].of, 3);
  EXPECT_EQ(found.batches[0].largest, 2);
  EXPECT_EQ(performed(log, {.batch_window = minutes(5)}).batches.size(), 2) << "ann begins a at 0 and 5";
}

TEST(Performance, PeopleByHand) {
  const StepLog log = by_hand();
  const Performance found = performed(log);
  // ann→bob 20 and 15, bob→ann 0 and 35, ann→bot 0; bob keeps b once.
  EXPECT_EQ(found.handover.handed.n, 5);
  EXPECT_DOUBLE_EQ(found.handover.handed.total, 70 * kMinute);
  EXPECT_EQ(found.handover.kept.n, 1);
  EXPECT_DOUBLE_EQ(found.handover.kept.total, 10 * kMinute);
  EXPECT_FALSE(found.handover.added) << "no edge has two of both";
  ASSERT_EQ(found.handover.pairs.size(), 3);
  EXPECT_DOUBLE_EQ(found.handover.pairs[0].waiting.total, 35 * kMinute);
  ASSERT_EQ(found.load.employees.size(), 2) << "the machine is none";
  const LoadOf& ann = found.load.employees[0];
  EXPECT_EQ(log.resources[ann.resource], "ann");
  EXPECT_EQ(ann.steps, 5);
  EXPECT_EQ(ann.cases, 3);
  EXPECT_EQ(ann.active_days, 1);
  EXPECT_DOUBLE_EQ(*found.load.per_employee_day, 2.5) << "3 of ann, 2 of bob, a day each";
  ASSERT_EQ(found.flow.spans.size(), 1);
  EXPECT_EQ(found.flow.spans[0].arrived, 3);
  EXPECT_EQ(found.flow.spans[0].completed, 3);
}

// c of case 3 by the bot: 1 of 9. Failed: c of case 2; repeated: b of case 1. c by a person: 2 of 9.
TEST(Performance, RatesByHandAndRefusals) {
  StepLog log = by_hand();
  const Performance found = performed(log, {.designed = {"c"}});
  EXPECT_DOUBLE_EQ(*found.rates.automation.value, 1.0 / 9);
  EXPECT_DOUBLE_EQ(*found.rates.error.value, 2.0 / 9);
  EXPECT_DOUBLE_EQ(*found.rates.manual.value, 2.0 / 9);
  EXPECT_EQ(found.rates.failed, 1);
  EXPECT_EQ(found.rates.repeated, 1);
  EXPECT_EQ(performed(log).rates.manual.refused, Refused::kDesignNotNamed);
  log.machines_said = log.failures_said = false;
  const Rates refused = performed(log, {.designed = {"c"}}).rates;
  EXPECT_EQ(to_string(refused.automation.refused), "machines_not_named");
  EXPECT_EQ(refused.manual.refused, Refused::kMachinesNotNamed);
  EXPECT_EQ(to_string(refused.error.refused), "failures_not_named");
  EXPECT_FALSE(refused.automation.value || refused.error.value || refused.manual.value);
  EXPECT_EQ(refused.repeated, 1) << "repeats are seen all the same";
  log.machines_said = true;
  for (Step& step : log.steps) step.machine = Said::kUnknown;
  EXPECT_EQ(performed(log).rates.automation.refused, Refused::kNothingKnown);
  EXPECT_EQ(performed(log).rates.automation.unknown, 9);
}

TEST(Performance, ComparesGroupsAndDates) {
  const StepLog log = by_hand();
  const Performance groups = performed(log, {.before = "old", .after = "new"});
  ASSERT_TRUE(groups.comparison);
  EXPECT_EQ(groups.comparison->before.cases, 2);
  EXPECT_DOUBLE_EQ(*groups.comparison->before.throughput.median, 82.5 * kMinute);
  EXPECT_EQ(groups.comparison->after.cases, 1);
  EXPECT_FALSE(groups.comparison->throughput_median) << "too few";
  EXPECT_DOUBLE_EQ(groups.comparison->rework->difference, -0.5);
  const Performance dates = performed(log, {.split = Instant{100 * kMinute}});
  EXPECT_EQ(dates.comparison->after.cases, 1);
  const auto code = [&](const PerformanceOptions& options) { return performance(log, options).error().code; };
  EXPECT_EQ(code({.before = "old", .after = "none"}), Code::kBadFilter);
  EXPECT_EQ(code({.before = "old"}), Code::kBadFilter);
  EXPECT_EQ(code({.before = "old", .after = "old"}), Code::kBadFilter);
  EXPECT_EQ(code({.split = Instant{1}, .before = "old", .after = "new"}), Code::kBadFilter);
  EXPECT_EQ(code({.ends = {"z"}}), Code::kBadFilter);
  EXPECT_EQ(code({.designed = {"z"}}), Code::kBadFilter);
  EXPECT_EQ(code({.batch_window = Millis{-1}}), Code::kBadFilter);
}

TEST(Performance, EndsSayWhatIsFinished) {
  const Performance found = performed(by_hand(), {.ends = {"b"}});
  EXPECT_EQ(found.unfinished, 1);
  EXPECT_DOUBLE_EQ(found.throughput.total, (60 + 40) * kMinute) << "to the last b";
}

// A step inside another (20 to 30 in 0 to 100) leaves the waiting of what follows to the one that ended last;
// where only ends are known, waiting is the time between them.
TEST(Performance, OverlapsAndEndsAlone) {
  StepBuilder builder;
  add_case(builder, "", {{"long", "ann", 0, 100}, {"short", "bob", 20, 30}, {"next", "ann", 120, 130}});
  add_case(builder, "", {{"long", "ann", -1, 10}, {"next", "", -1, 17}, {"next", "", -1, 17}});
  const StepLog log = builder.finish("test").value();
  const Performance found = performed(log);
  double total = 0;
  for (const EdgeTimes& edge : found.edges) {
    total += edge.waiting.total;
    if (log.activities[edge.from] == "short") ADD_FAILURE() << "nothing waited for the short one";
  }
  EXPECT_DOUBLE_EQ(total, (20 + 7) * kMinute);
  EXPECT_EQ(found.with_begin, 3);
  EXPECT_EQ(found.handover.unknown, 2);
  EXPECT_DOUBLE_EQ(found.rework.activities[0].extra.total, 0) << "equal times";
}

TEST(Performance, OneLongCaseAtOneTime) {
  constexpr std::uint32_t kSteps = 20'000;  // a million in tests/facts/performance.py
  StepBuilder builder;
  for (std::uint32_t i = 0; i < kSteps; ++i)
    ASSERT_TRUE(builder.add({.activity = i % 2 == 0 ? "a" : "b", .resource = "ann", .end = 5}));
  ASSERT_TRUE(builder.end_case(""));
  const Performance found = performed(builder.finish("test").value());
  EXPECT_EQ(found.steps, kSteps);
  EXPECT_EQ(found.rework.repeats, kSteps - 2);
  EXPECT_DOUBLE_EQ(found.waiting.total, 0);
  EXPECT_FALSE(found.activities[0].share) << "nothing waits";
  EXPECT_TRUE(found.batches.empty()) << "one case is no batch";
}

/// Cases of intake, check, decide, notify: before `slow` the wait is ten times as long; check fails with
/// `again`, and is done again after a correction. Two steps in any order before notify.
StepLog simulated(std::uint64_t seed, std::string_view slow, double again, int cases) {
  std::mt19937_64 chance(seed);
  std::exponential_distribution<double> wait(1.0 / 60), work(1.0 / 20);
  std::uniform_real_distribution<double> draw(0, 1);
  StepBuilder builder;
  for (int c = 0; c < cases; ++c) {
    double now = c * 30.0;
    const auto step = [&](std::string_view activity) {
      now += wait(chance) * (activity == slow ? 10 : 1);
      const double begin = now;
      now += work(chance);
      EXPECT_TRUE(builder.add({.activity = activity,
                               .resource = draw(chance) < 0.5 ? "ann" : "bob",
                               .begin = static_cast<std::int64_t>(begin * kMinute),
                               .end = static_cast<std::int64_t>(now * kMinute)}));
    };
    step("intake");
    step("check");
    while (draw(chance) < again) {
      step("correct");
      step("check");
    }
    step("decide");
    const bool letter_first = draw(chance) < 0.5;
    step(letter_first ? "letter" : "ledger");
    step(letter_first ? "ledger" : "letter");
    step("notify");
    EXPECT_TRUE(builder.end_case(c < cases / 2 ? "before" : "after"));
  }
  return builder.finish("simulated").value();
}

TEST(Performance, FindsThePlantedBottleneckAndLoop) {
  for (const std::string_view slow : {"decide", "notify"}) {
    const StepLog log = simulated(3, slow, 0.25, 1500);
    const Performance found = performed(log);
    EXPECT_EQ(log.activities[found.activities[0].activity], slow);
    EXPECT_EQ(log.activities[found.edges[0].to], slow);
    // The mean of the planted wait is 600 minutes.
    EXPECT_LE(found.activities[0].waiting.mean_in->low, 600 * kMinute);
    EXPECT_GE(found.activities[0].waiting.mean_in->high, 600 * kMinute);
    EXPECT_NEAR(found.rework.cases.value(), 0.25, 0.03);
    EXPECT_EQ(log.activities[found.rework.activities[0].activity], "check");
    EXPECT_EQ(found.rework.activities[0].self_loops, 0) << "it comes back from the correction";
    EXPECT_GT(found.rework.throughput->interval->low, 0) << "doing it again takes time";
    ASSERT_EQ(found.parallel.size(), 1) << "letter and ledger";
    EXPECT_LE(found.parallel[0].share_in->low, 0.5);
    // Who does a step is chance: a handover adds nothing.
    EXPECT_LE(found.handover.added_in->low, 0);
    EXPECT_GE(found.handover.added_in->high, 0);
  }
}

// Half the waits of the log before lose their bottleneck: the interval of the difference holds what was
// planted.
TEST(Performance, ComparisonHoldsThePlantedDifference) {
  int held = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    StepBuilder builder;
    std::mt19937_64 chance(seed);
    for (const bool is_after : {false, true})
      for (int c = 0; c < 150; ++c) {
        std::exponential_distribution<double> wait(1.0 / (is_after ? 100 : 400));
        ASSERT_TRUE(builder.add({.activity = "a", .end = 0}));
        ASSERT_TRUE(builder.add({.activity = "b", .end = static_cast<std::int64_t>(wait(chance) * kMinute)}));
        ASSERT_TRUE(builder.end_case(is_after ? "after" : "before"));
      }
    const auto found = performed(builder.finish("test").value(), {.before = "before", .after = "after"});
    const double truth = -300 * std::log(2.0) * kMinute;
    const stats::Interval interval = *found.comparison->throughput_median->interval;
    held += interval.low <= truth && truth <= interval.high ? 1 : 0;
  }
  EXPECT_GE(held, 35);
}

}  // namespace
}  // namespace zhike::journey
