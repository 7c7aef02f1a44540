#include "journey/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "journey/simulation_document.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kMin = 60'000;
constexpr std::int64_t kMonday = 1'772'409'600'000;  // 2 March 2026, 0:00 UTC

/// A step in minutes from that Monday; begin below 0: only its end is known.
struct Short {
  std::string_view activity;
  std::int64_t begin, end;
  std::string_view resource = {};
};

StepLog log_of(const std::vector<std::vector<Short>>& cases) {
  StepBuilder builder;
  for (const auto& steps : cases) {
    for (const Short& of : steps)
      EXPECT_TRUE(builder.add({.activity = of.activity,
                               .resource = of.resource,
                               .begin = of.begin < 0 ? mining::kNoTime : kMonday + of.begin * kMin,
                               .end = kMonday + of.end * kMin}));
    EXPECT_TRUE(builder.end_case(""));
  }
  return builder.finish("test").value();
}

/// Cases of one step, evenly spaced, so many to an hour.
StepLog every(int a_minute_apart, int cases) {
  std::vector<std::vector<Short>> out;
  for (int c = 0; c < cases; ++c) out.push_back({{"serve", -1, std::int64_t{a_minute_apart} * c}});
  return log_of(out);
}

Simulation simulated(const StepLog& log, const SimulationOptions& options) {
  auto out = simulate(log, options);
  EXPECT_TRUE(out) << to_string(out.error());
  return *std::move(out);
}

SimulationOptions desk(double people, double minutes, bool exponential = false) {
  return {.replications = 2,
          .service = {{"serve", minutes, exponential}},
          .groups = {{.name = "desk", .steps = {"serve"}, .people = people}}};
}

// Cases at 0, 4, 6 and 30 minutes, five minutes each, one clerk: they wait 0, 1, 4 and 0.
TEST(Simulation, ByHand) {
  const StepLog log =
      log_of({{{"serve", -1, 0}}, {{"serve", -1, 4}}, {{"serve", -1, 6}}, {{"serve", -1, 30}}});
  SimulationOptions options = desk(1, 5);
  options.change.people = {{"desk", 1}};
  options.hourly = {{"desk", 60}};
  options.each = {{"serve", 2}};
  const Simulation found = simulated(log, options);
  EXPECT_EQ(found.discarded, 0);
  EXPECT_DOUBLE_EQ(found.mean.before.value, 6.25 * kMin);
  EXPECT_DOUBLE_EQ(found.median.before.value, 5.5 * kMin);
  EXPECT_DOUBLE_EQ(found.p90.before.value, 8.1 * kMin) << "6 + 0.7 of the way to 9";
  EXPECT_DOUBLE_EQ(found.waited.before.value, 1.25 * kMin);
  EXPECT_DOUBLE_EQ(found.mean.after.value, 5.0 * kMin) << "a second clerk: nobody waits";
  EXPECT_DOUBLE_EQ(found.mean.difference.value, -1.25 * kMin);
  EXPECT_DOUBLE_EQ(found.mean.difference.interval->low, -1.25 * kMin) << "nothing is left to chance";
  ASSERT_EQ(found.groups.size(), 1);
  EXPECT_DOUBLE_EQ(found.groups[0].utilisation.before.value, 0.5) << "15 of 30 minutes";
  EXPECT_DOUBLE_EQ(found.groups[0].utilisation.after.value, 0.25);
  EXPECT_EQ(found.groups[0].people_after, 2);
  ASSERT_TRUE(found.cost_a_case);
  EXPECT_DOUBLE_EQ(found.cost_a_case->before.value, (30 + 3 * 2) / 3.0) << "half an hour, three cases end";
  EXPECT_DOUBLE_EQ(found.cost_a_case->after.value, (60 + 3 * 2) / 3.0);
}

// Work only on Mondays from 9 to 10: who comes at 8:30 and at 9:58 begins at 9:00, and at 9:58; the third,
// at 10:05, a week later.
TEST(Simulation, WorkingHoursByHand) {
  const StepLog log = log_of({{{"serve", -1, 510}}, {{"serve", -1, 598}}, {{"serve", -1, 605}}});
  SimulationOptions options = desk(1, 5);
  options.groups[0].hours = WorkHours{.days = {0}, .from = 9, .to = 10};
  options.change.hours = {{"desk", {.days = {0}, .from = 8, .to = 12}}};
  const Simulation found = simulated(log, options);
  EXPECT_DOUBLE_EQ(found.waited.before.value, (30.0 + 0 + (7 * 24 * 60 - 65)) / 3 * kMin);
  EXPECT_DOUBLE_EQ(found.waited.after.value, 0) << "9:58 to 10:03 is done by 10:05";
}

// Two steps of ten minutes with a customer's pause of an hour between them, and one that goes on alone.
StepLog loan() {
  return log_of({{{"check", 0, 10, "ann"}, {"call", 10, 20, "bob"}, {"sign", 80, 90, "eve"}},
                 {{"check", 600, 610, "ann"}, {"call", 610, 620, "bob"}},
                 {{"check", 1200, 1210, "ann"}, {"call", 1210, 1220, "bob"}, {"sign", 1280, 1290, "eve"}},
                 {{"check", 1800, 1810, "ann"}, {"call", 1810, 1820, "bob"}}});
}
SimulationOptions loan_options() {
  return {.replications = 40,
          .service = {{"check", 10}, {"call", 10}, {"sign", 10}},
          .groups = {{.name = "front", .steps = {"check"}},
                     {.name = "phone", .steps = {"call"}},
                     {.name = "branch", .steps = {"sign"}}},
          .customer_waits = {"sign"}};
}
double mean_after(const SimulationOptions& options) {
  return simulated(loan(), options).mean.after.value / kMin;
}

TEST(Simulation, RedesignByHand) {
  SimulationOptions options = loan_options();
  const Simulation before = simulated(loan(), options);
  EXPECT_NEAR(before.mean.before.value / kMin, 20 + 0.5 * 70, 8) << "half of the cases sign";
  EXPECT_EQ(before.mean.difference.value, 0) << "without a change there is none";
  EXPECT_GT(before.mean.before.interval->high, before.mean.before.interval->low);

  options.change = {.remove = {"sign"}};
  EXPECT_DOUBLE_EQ(mean_after(options), 20);
  EXPECT_DOUBLE_EQ(simulated(loan(), options).removed_cases, 0.5);
  options.change = {.remove = {"sign"}, .parallel = {{"check", "call"}}};
  EXPECT_DOUBLE_EQ(mean_after(options), 10);
  options.change = {.remove = {"sign"}, .automate = {{"call", 1}}};
  EXPECT_DOUBLE_EQ(mean_after(options), 10);
  options.change = {.remove = {"sign"}, .durations = {{.step = "call", .factor = 0.5}}};
  EXPECT_DOUBLE_EQ(mean_after(options), 15);
  options.change = {.remove = {"sign"}, .durations = {{.step = "call", .minutes = 4}}};
  EXPECT_DOUBLE_EQ(mean_after(options), 14);
  options.change = {.routing = {{"sign", 0}}};
  EXPECT_DOUBLE_EQ(mean_after(options), 20);
  options.change = {.routing = {{"sign", 1}}};
  EXPECT_DOUBLE_EQ(mean_after(options), 90);
  options.replications = 400;
  options.change = {.routing = {{"sign", 0.25}}};
  EXPECT_NEAR(mean_after(options), 20 + 0.25 * 70, 2);
}

// Mean wait in a queue, minutes; Erlang (1917); Law (2015), Simulation Modeling and Analysis, 1.4 and app.
// 1B.
double erlang_c(int servers, double a) {
  double sum = 0, term = 1;
  for (int k = 0; k < servers; ++k) {
    sum += term;
    term *= a / (k + 1);
  }
  const double last = term * servers / (servers - a);
  return last / (sum + last);
}
double mmc_wait(int servers, double rate, double service) {
  return erlang_c(servers, rate * service) * service / (servers - rate * service);
}

SimulationOptions queue(double people, double minutes, bool exponential) {
  SimulationOptions out = desk(people, minutes, exponential);
  out.replications = 20;
  out.arrivals = Arrivals::kHourOfWeek;
  return out;
}

TEST(Simulation, WaitsAsErlangAndPollaczekSay) {
  const StepLog log = every(10, 5'000);  // six an hour, in each hour of the week
  const auto wait = [&](const SimulationOptions& of) {
    return simulated(log, of).waited.before.value / kMin;
  };
  EXPECT_NEAR(wait(queue(1, 7, true)), mmc_wait(1, 0.1, 7), 0.06 * mmc_wait(1, 0.1, 7)) << "M/M/1";
  EXPECT_NEAR(wait(queue(3, 24, true)), mmc_wait(3, 0.1, 24), 0.06 * mmc_wait(3, 0.1, 24)) << "M/M/3";
  EXPECT_NEAR(wait(queue(1, 7, false)), 0.49 / (2 * 0.1 * 0.3), 0.4) << "M/D/1";
  const Simulation one = simulated(log, queue(1, 7, true));
  EXPECT_NEAR(one.groups[0].utilisation.before.value, 0.7, 0.01);
  EXPECT_NEAR(one.throughput_a_day.before.value, 144, 1);
  EXPECT_NEAR(one.mean.before.value, one.waited.before.value + one.by_step[0].working.before.value, 1);
}

// Work drawn from the durations of the log, of 2 or 12 minutes: E S = 7, E S^2 = 74.
TEST(Simulation, WaitsOfObservedWork) {
  std::vector<std::vector<Short>> cases;
  for (int c = 0; c < 5'000; ++c)
    cases.push_back({{"serve", 10L * c, 10L * c + (c % 2 == 0 ? 2 : 12), "ann"}});
  SimulationOptions options = queue(1, 0, false);
  options.service.clear();
  const Simulation found = simulated(log_of(cases), options);
  const double wait = 0.1 * 74 / (2 * 0.3);
  EXPECT_NEAR(found.waited.before.value / kMin, wait, 0.06 * wait) << "M/G/1, Pollaczek and Khinchine";
  EXPECT_NEAR(found.by_step[0].working.before.value / kMin, 7, 0.05);
}

TEST(Simulation, ArrivalsAndPeopleScale) {
  const StepLog log = every(10, 5'000);
  SimulationOptions options = queue(1, 7, true);
  options.change.arrivals = 1.2;
  const Simulation found = simulated(log, options);
  const double wait = mmc_wait(1, 0.12, 7);
  EXPECT_NEAR(found.waited.after.value / kMin, wait, 0.1 * wait);
  EXPECT_GT(found.mean.difference.interval->low, 0);
  options.change = {.people = {{"desk", 1}}};
  EXPECT_NEAR(simulated(log, options).waited.after.value / kMin, mmc_wait(2, 0.1, 7), 0.1);
}

// Both sides meet the same luck: their difference is known better than either.
TEST(Simulation, CommonRandomNumbersNarrowTheDifference) {
  SimulationOptions options = queue(1, 7, true);
  options.change.durations = {{.step = "serve", .factor = 0.95}};
  const Simulation found = simulated(every(10, 3'000), options);
  const auto width = [](const Simulated& of) { return of.interval->high - of.interval->low; };
  EXPECT_LT(width(found.mean.difference), 0.5 * width(found.mean.before));
  EXPECT_LT(found.mean.difference.interval->high, 0);
}

TEST(Simulation, SeedDecidesWhateverTheThreads) {
  const StepLog log = every(10, 2'000);
  SimulationOptions options = queue(1, 7, true);
  const Simulation first = simulated(log, options);
  options.threads = 1;
  EXPECT_EQ(simulated(log, options).mean.before.value, first.mean.before.value);
  options.seed = 2;
  EXPECT_NE(simulated(log, options).mean.before.value, first.mean.before.value);
}

// P(wait > t) of M/M/c is C e^(-(c - a) t / s); with a = 4.8 and t = 5, s = 12 six people reach 80 %, five
// not.
TEST(Simulation, FewestPeopleForATarget) {
  const auto within = [](int servers) {
    return 1 - erlang_c(servers, 4.8) * std::exp(-(servers - 4.8) * 5 / 12.0);
  };
  int fewest = 5;
  while (within(fewest) < 0.8) ++fewest;
  SimulationOptions options = queue(20, 12, true);
  options.replications = 10;
  options.target = StaffTarget{.wait_ms = 5.0 * kMin, .share = 0.8};
  std::vector<std::vector<Short>> cases;
  for (int c = 0; c < 2'000; ++c) cases.push_back({{"serve", -1, 5L * c / 2}});
  const Simulation found = simulated(log_of(cases), options);
  ASSERT_TRUE(found.staffing);
  EXPECT_EQ(found.staffing->refused, StaffRefused::kNo);
  ASSERT_EQ(found.staffing->groups.size(), 1);
  EXPECT_EQ(found.staffing->groups[0].people, fewest);
  EXPECT_NEAR(found.staffing->reached.value, within(fewest), 0.02);

  options.target = StaffTarget{.p90_ms = 20.0 * kMin};
  EXPECT_EQ(simulated(log_of(cases), options).staffing->refused, StaffRefused::kNotReachable)
      << "nine in ten take up to 27.6 minutes of work";
}

/// Minutes from Monday; before and after 9 to 17 o'clock of working days: the next morning that is one.
double opening(double at) {
  while (true) {
    const double day = std::floor(at / 1440), of_day = at - day * 1440;
    if (std::fmod(day, 7) < 5 && of_day < 1020) return day * 1440 + std::max(of_day, 540.0);
    at = (day + 1) * 1440;
  }
}

/// A front and a back office, one person each, simulated apart. Who began a step ends it.
StepLog two_offices(int days) {
  std::mt19937_64 random(7);
  const auto draw = [&](double mean) {
    return -mean * std::log1p(-static_cast<double>(random() >> 11U) * 0x1p-53);
  };
  std::vector<std::vector<Short>> out;
  double front = 0, back = 0;
  const auto serve = [&](double ready, double* office) {
    const double begin = std::ceil(opening(std::max(ready, *office)));
    *office = begin + 1 + std::floor(draw(12));
    return static_cast<std::int64_t>(begin);
  };
  for (int day = 0; day < days; ++day) {
    if (day % 7 > 4) continue;
    for (double now = day * 1440.0 + 540 + draw(20); now < day * 1440.0 + 960; now += draw(20)) {
      const std::int64_t first = serve(now, &front);
      const auto passed = static_cast<std::int64_t>(front);
      const std::int64_t second = serve(front, &back);
      out.push_back(
          {{"receive", first, passed, "ann"}, {"decide", second, static_cast<std::int64_t>(back), "bob"}});
    }
  }
  return log_of(out);
}

TEST(Simulation, ReproducesALogOfQueues) {
  const Simulation found = simulated(two_offices(140), {.replications = 20});
  ASSERT_EQ(found.groups.size(), 2);
  EXPECT_EQ(found.groups[0].name, "receive");
  EXPECT_EQ(found.groups[0].resources, 1);
  EXPECT_NEAR(found.groups[0].people, 1, 0.15);
  EXPECT_GT(found.fit.cases, 1'000);
  EXPECT_TRUE(found.fit.reproduced) << found.fit.mean.value << " of " << *found.fit.observed.mean << ", "
                                    << found.fit.p90.value << " of " << *found.fit.observed.p90;
  EXPECT_TRUE(std::ranges::count(found.fit.doubts, Doubt::kArrivalUnseen))
      << "who waited for ann is seen only when she begins";
}

/// Working days from nine to five: a bot hands in work, ann and bob do a step of 30 minutes each hour. On
/// Mondays so much comes that the last steps begin at 16:45 and work is left overnight; on other days nothing
/// comes after three. The minutes at which they begin are hand-made.
StepLog quiet_afternoons() {
  std::vector<std::vector<Short>> cases;
  const auto add = [&](std::int64_t in, std::int64_t begin, std::string_view who) {
    cases.push_back({{"in", in, in, "bot"}, {"serve", begin, begin + 30, who}});
  };
  for (std::int64_t week = 0; week < 20; ++week)
    for (std::int64_t day = 0; day < 5; ++day) {
      const std::int64_t open = (week * 7 + day) * 1440 + 540;
      const int turns = day == 0 ? 16 : 12;
      for (int turn = 0; turn < turns; ++turn)
        for (const std::string_view who : {"ann", "bob"}) add(open + 30 * turn, open + 30 * turn, who);
      if (day == 0) add(open + 470, open + 1440 - 30, "ann");  // waits from 16:50 to 8:30 on Tuesday
    }
  return log_of(cases);
}

TEST(Simulation, WhoHadNothingToDoIsStillThere) {
  StepLog log = quiet_afternoons();
  const auto bot = std::ranges::find(log.resources, "bot") - log.resources.begin();
  for (Step& step : log.steps)
    if (step.resource == bot) step.machine = Said::kYes;
  const Simulation found = simulated(log, {.replications = 2});
  ASSERT_EQ(found.groups.size(), 1);
  EXPECT_NEAR(found.groups[0].people, 2, 0.01);
  // On Mondays two until five, seen. On other days nobody was asked for anything after three, so as on
  // Mondays; on Tuesdays ann from half past eight.
  EXPECT_NEAR(found.groups[0].hours_a_week, 2 * 8 * 5 + 0.5, 1.5);
}

TEST(Simulation, TurnsOfTwelveHoursAreNotCutAtMidnight) {
  // ann works from six to six and bob by night, each of them a step every quarter of an hour.
  std::vector<std::vector<Short>> cases;
  for (std::int64_t quarter = 24; quarter < 96 * 70; ++quarter) {
    const std::string_view who = quarter % 96 >= 24 && quarter % 96 < 72 ? "ann" : "bob";
    cases.push_back({{"serve", quarter * 15, quarter * 15 + 10, who}});
  }
  const Simulation found = simulated(log_of(cases), {.replications = 2});
  ASSERT_EQ(found.groups.size(), 1);
  EXPECT_NEAR(found.groups[0].hours_a_week, 168, 1.5) << "the first six hours are not in the log";
  EXPECT_NEAR(found.groups[0].people, 1, 0.01);
}

TEST(Simulation, SaysWhenTheLogIsNotReproduced) {
  std::vector<std::vector<Short>> cases;  // a day between two short steps, and nobody is busy
  for (int c = 0; c < 100; ++c)
    cases.push_back(
        {{"ask", 60L * c, 60L * c + 5, "ann"}, {"answer", 60L * c + 1440, 60L * c + 1445, "bob"}});
  const Simulation found = simulated(log_of(cases), {.replications = 3});
  EXPECT_FALSE(found.fit.reproduced);
  EXPECT_TRUE(std::ranges::count(found.fit.doubts, Doubt::kMeanOff));
  EXPECT_TRUE(std::ranges::count(found.fit.doubts, Doubt::kWaitsUnexplained));
  const Simulation kept = simulated(log_of(cases), {.replications = 3, .customer_waits = {"*"}});
  EXPECT_TRUE(kept.fit.reproduced) << "where the pauses of the log stay it is";
}

Code refusal(const StepLog& log, const SimulationOptions& options) {
  const auto out = simulate(log, options);
  EXPECT_FALSE(out);
  return out ? Code::kInternal : out.error().code;
}

TEST(Simulation, RefusesWhatCannotBe) {
  const StepLog ends = log_of({{{"a", -1, 0, "ann"}}, {{"a", -1, 10, "ann"}}, {{"a", -1, 20, "bob"}}});
  EXPECT_EQ(refusal(ends, {}), Code::kServiceUnknown) << "no start times, and none given";
  EXPECT_EQ(refusal(log_of({{{"a", -1, 0}}}), {}), Code::kBadLog);
  EXPECT_EQ(refusal(log_of({{{"a", -1, 0}}, {{"a", -1, 0}}}), {}), Code::kBadLog);
  const auto bad = [&](const Redesign& change) {
    return refusal(ends, {.service = {{"*", 5}}, .change = change}) == Code::kBadSimulation;
  };
  EXPECT_TRUE(bad({.remove = {"b"}}));
  EXPECT_TRUE(bad({.parallel = {{"a"}}}));
  EXPECT_TRUE(bad({.durations = {{.step = "a"}}}));
  EXPECT_TRUE(bad({.automate = {{"a", 2}}}));
  EXPECT_TRUE(bad({.people = {{"b", 1}}}));
  EXPECT_TRUE(bad({.people = {{"a", -9}}}));
  EXPECT_TRUE(bad({.routing = {{"a", 0.5}}})) << "every case has it";
  EXPECT_TRUE(bad({.arrivals = 0}));
  EXPECT_EQ(refusal(ends, {.replications = 1, .service = {{"*", 5}}}), Code::kBadSimulation);
  EXPECT_EQ(refusal(ends, {.service = {{"*", 5}}, .steps_max = 100}), Code::kSimulationTooLarge);
  EXPECT_EQ(refusal(ends, {.service = {{"*", 5}}, .target = StaffTarget{}}), Code::kBadSimulation);
  SimulationOptions flooded = desk(1, 100'000);
  EXPECT_EQ(refusal(every(10, 100), flooded), Code::kBadSimulation) << "the work never ends";
}

TEST(Simulation, StopsWhenNobodyWaitsForIt) {
  for (const int after :
       {0, 1, 3, 12}) {  // before the first run, within it, after the change, while staffing
    std::atomic<int> asked = 0;
    SimulationOptions options = queue(2, 7, true);
    options.target = StaffTarget{.p90_ms = 30.0 * kMin};
    options.replications = 4;
    options.threads = 1;
    options.stopped = [&] { return asked++ >= after; };
    EXPECT_EQ(refusal(every(10, 500), options), Code::kQueryCancelled);
    EXPECT_LT(asked, after + 20) << "what is left is not begun";
  }
}

TEST(SimulationDocument, ReadsTomlAndRefusesWhatIsMisspelt) {
  SimulationOptions options;
  const auto read = read_simulation_toml(R"(replications = 12
arrivals = "hour_of_week"
service = [{step = "*", minutes = 5, spread = "exponential"}]
groups = [{name = "desk", steps = ["a"], people = 2, hours = {days = [1, 5], from = 9, to = 17}}]
hourly_cost = [{group = "desk", amount = 30}]
[change]
remove = ["b"]
parallel = [["c", "d"]]
routing = [{step = "e", share = 0.25}]
people = [{group = "desk", add = -1}]
[target]
wait_minutes = 10
share = 0.9
)",
                                         &options);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(options.replications, 12);
  EXPECT_TRUE(options.service[0].exponential);
  EXPECT_EQ(options.groups[0].hours->days, (std::vector<int>{0, 4}));
  EXPECT_EQ(options.hourly[0].amount, 30);
  EXPECT_EQ(options.change.parallel[0].size(), 2);
  EXPECT_EQ(options.change.routing[0].share, 0.25);
  EXPECT_EQ(options.change.people[0].add, -1);
  EXPECT_EQ(*options.target->wait_ms, 600'000);
  for (const std::string_view wrong :
       {"replication = 3", "[change]\nremoved = ['a']", "seed = 0.5", "arrivals = 'x'", "service = 3", "[",
        "[change]\narrivals = 0", "groups = [{name = 'a', steps = ['b'], people = -1}]"}) {
    SimulationOptions into;
    EXPECT_FALSE(read_simulation_toml(wrong, &into)) << wrong;
  }
  EXPECT_EQ(parse_target("p90<=90")->p90_ms, 90.0 * kMin);
  EXPECT_EQ(parse_target("wait<=5:0.8")->share, 0.8);
  EXPECT_FALSE(parse_target("p50<=3"));
}

}  // namespace
}  // namespace zhike::journey
