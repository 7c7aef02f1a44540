#include "journey/step_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "journey/step_file.h"

namespace zhike::journey {
namespace {

using Strings = std::vector<std::string>;

TEST(StepLog, PhasesAreThoseOfTheStandard) {
  EXPECT_EQ(parse_phase("START"), Phase::kStart);
  EXPECT_EQ(parse_phase("complete"), Phase::kComplete);
  EXPECT_EQ(parse_phase("Schedule"), Phase::kOther);
  EXPECT_EQ(parse_phase("In Progress"), Phase::kWhole) << "a status of somebody's own is no life cycle";
  EXPECT_EQ(parse_phase(""), Phase::kWhole);
}

// Two starts of x overlap: the first completion belongs to the older one. A completion without a start is a
// step without a begin; a start that nothing completes is none; scheduling is no step.
TEST(StepLog, JoinsStartsWithCompletions) {
  StepBuilder builder;
  const auto add = [&](std::string_view activity, std::int64_t time, Phase phase,
                       std::string_view resource = "") {
    ASSERT_TRUE(builder.add({.activity = activity, .resource = resource, .end = time, .phase = phase}));
  };
  add("x", 0, Phase::kOther);
  add("x", 10, Phase::kStart, "ann");
  add("x", 20, Phase::kStart);
  add("x", 30, Phase::kComplete);
  add("x", 50, Phase::kComplete);
  add("y", 40, Phase::kComplete, "bob");
  add("y", 60, Phase::kStart);
  ASSERT_TRUE(builder.end_case(""));
  add("y", 5, Phase::kStart);
  ASSERT_TRUE(builder.end_case("")) << "of starts alone no case comes";
  const auto log = builder.finish("test");
  ASSERT_TRUE(log) << to_string(log.error());
  ASSERT_EQ(log->cases(), 1);
  const auto steps = log->of(0);
  ASSERT_EQ(steps.size(), 3);
  EXPECT_EQ(steps[0].begin, 10);
  EXPECT_EQ(steps[0].end, 30);
  EXPECT_EQ(log->resources[steps[0].resource], "ann") << "that of the start, where the completion has none";
  EXPECT_EQ(steps[1].begin, 20);
  EXPECT_EQ(steps[1].end, 50);
  EXPECT_FALSE(steps[2].has_begin());
  EXPECT_EQ(log->told.never_completed, 2);
  EXPECT_EQ(log->told.other_transitions, 1);
  EXPECT_EQ(log->told.without_resource, 1);
}

TEST(StepLog, AnEndBeforeItsStartIsToldAndTheStartNotUsed) {
  StepBuilder builder;
  ASSERT_TRUE(builder.add({.activity = "a", .begin = 100, .end = 50}));
  ASSERT_TRUE(builder.add({.activity = "b", .begin = 60, .end = 60}));
  ASSERT_TRUE(builder.end_case(""));
  const auto log = builder.finish("test");
  ASSERT_TRUE(log);
  EXPECT_EQ(log->told.end_before_start, 1);
  EXPECT_FALSE(log->steps[0].has_begin());
  EXPECT_EQ(log->steps[0].at(), 50);
  EXPECT_TRUE(log->steps[1].has_begin());
}

TEST(StepLog, RowsInAnyOrderAndEqualTimesKeepTheirs) {
  StepBuilder builder;
  ASSERT_TRUE(builder.add_row("1", {.activity = "late", .end = 9}, ""));
  ASSERT_TRUE(builder.add_row("2", {.activity = "only", .end = 1}, "west"));
  ASSERT_TRUE(builder.add_row("1", {.activity = "first", .end = 5}, "north"));
  ASSERT_TRUE(builder.add_row("1", {.activity = "second", .end = 5}, "south"));
  ASSERT_TRUE(builder.add_row("", {.activity = "lost", .end = 5}, ""));
  ASSERT_TRUE(builder.add_row("3", {.activity = "", .end = 5}, ""));
  ASSERT_TRUE(builder.add_row("3", {.activity = "untimed"}, ""));
  const auto log = builder.finish("test");
  ASSERT_TRUE(log);
  ASSERT_EQ(log->cases(), 2);
  Strings names;
  for (const Step& step : log->of(0)) names.push_back(log->activities[step.activity]);
  EXPECT_EQ(names, (Strings{"first", "second", "late"}));
  EXPECT_EQ(log->groups[log->group[0]], "north");
  EXPECT_EQ(log->told.left_out.without_case, 1);
  EXPECT_EQ(log->told.left_out.without_activity, 1);
  EXPECT_EQ(log->told.left_out.without_time, 1);
}

TEST(StepLog, MemoryIsBounded) {
  StepBuilder builder(4096);
  Result<void> added;
  for (int i = 0; i < 1000 && added; ++i) added = builder.add({.activity = "a", .end = i});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::kLogTooLarge);
  EXPECT_EQ(StepBuilder().finish("empty").error().code, Code::kBadLog);
}

class StepFile : public testing::Test {
 protected:
  StepFile() : folder_(std::filesystem::temp_directory_path() / ("zhike-steps-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~StepFile() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(StepFile, Csv) {
  const auto path = file("steps.csv",
                         "Order,Step,At,From,Who,Euro,State\n"
                         "7,ask,2026-01-01 10:00:00,2026-01-01 09:00:00,ann,2.5,ok\n"
                         "7,buy,2026-01-01 11:00:00,2026-01-01 12:00:00,bot,much,failed\n"
                         "8,ask,2026-01-01 10:00:00,,,,\n");
  StepOptions options{.columns = {.case_name = "order",
                                  .activity = "step",
                                  .time = "at",
                                  .start = "from",
                                  .resource = "who",
                                  .transition = "",
                                  .cost = "euro",
                                  .group = ""},
                      .machine = parse_step_rule("who=bot,ivr").value(),
                      .failure = parse_step_rule("state=failed").value()};
  const auto log = read_steps(path, options);
  ASSERT_TRUE(log) << to_string(log.error());
  ASSERT_EQ(log->steps.size(), 3);
  EXPECT_EQ(log->steps[0].end - log->steps[0].begin, 3'600'000);
  EXPECT_EQ(log->steps[0].machine, Said::kNo);
  EXPECT_DOUBLE_EQ(log->steps[0].cost, 2.5);
  EXPECT_EQ(log->steps[1].machine, Said::kYes);
  EXPECT_EQ(log->steps[1].failed, Said::kYes);
  EXPECT_EQ(log->steps[2].machine, Said::kUnknown);
  EXPECT_TRUE(std::isnan(log->steps[1].cost));
  EXPECT_EQ(log->told.bad_costs, 1);
  EXPECT_EQ(log->told.end_before_start, 1);
  EXPECT_TRUE(log->machines_said && log->failures_said && log->has_costs);
  options.columns.cost = "pounds";
  const auto missing = read_steps(path, options);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kDriverColumnMissing);
}

TEST_F(StepFile, Xes) {
  const std::string event =
      "<event><string key='concept:name' value='a'/><date key='time:timestamp' value='2026-01-01T00:0";
  const auto path =
      file("log.xes", "<?xml version='1.0'?><log><trace>" + event +
                          "0:00Z'/><string key='lifecycle:transition' value='start'/></event>" + event +
                          "1:00Z'/><string key='lifecycle:transition' value='complete'/>"
                          "<string key='org:resource' value='ann'/></event>"
                          "<string key='region' value='north'/></trace></log>");
  const auto log = read_steps(path, {.columns = {.case_name = "",
                                                 .activity = "",
                                                 .time = "",
                                                 .start = "",
                                                 .resource = "",
                                                 .transition = "",
                                                 .cost = "",
                                                 .group = "region"}});
  ASSERT_TRUE(log) << to_string(log.error());
  ASSERT_EQ(log->steps.size(), 1);
  EXPECT_EQ(log->steps[0].end - log->steps[0].begin, 60'000);
  EXPECT_EQ(log->resources, Strings{"ann"});
  EXPECT_EQ(log->groups, Strings{"north"});
  EXPECT_FALSE(log->machines_said);
  const auto missing = read_steps(path, {.machine = parse_step_rule("robot=yes").value()});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kDriverColumnMissing);
}

TEST(StepRules, AreParsed) {
  const auto rule = parse_step_rule("org:resource=112,bot");
  ASSERT_TRUE(rule);
  EXPECT_EQ(rule->column, "org:resource");
  EXPECT_EQ(rule->values, (Strings{"112", "bot"}));
  EXPECT_EQ(rule->of("112"), Said::kYes);
  EXPECT_EQ(rule->of("113"), Said::kNo);
  EXPECT_EQ(rule->of(""), Said::kUnknown);
  for (const auto* wrong : {"", "bot", "=bot", "who=", "who=,"})
    EXPECT_EQ(parse_step_rule(wrong).error().code, Code::kBadFilter) << wrong;
}

}  // namespace
}  // namespace zhike::journey
