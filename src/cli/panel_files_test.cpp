#include "cli/panel_files.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace zhike::cli {
namespace {

using Kind = PeriodPoint::Kind;

std::string named(std::string_view text, PeriodGrain grain = PeriodGrain::kMonth) {
  const auto at = parse_period(text, grain);
  return at ? to_string(*at) : "none";
}

TEST(ParsePeriod, ReadsWhatPeopleWrite) {
  EXPECT_EQ(named("2024-03"), "2024-03");
  EXPECT_EQ(named("2024/3"), "2024-03");
  EXPECT_EQ(named("202403"), "2024-03");
  EXPECT_EQ(named("2024-03-31 23:59:59"), "2024-03");
  EXPECT_EQ(named("2024/03/31"), "2024-03");
  EXPECT_EQ(named("20240331"), "2024-03");
  EXPECT_EQ(named("2024Q4"), "2024-Q4");
  EXPECT_EQ(named("2024-q1"), "2024-Q1");
  EXPECT_EQ(named("2024-W01"), "2024-01-01");
  EXPECT_EQ(named("2021-W01"), "2021-01-04");  // 1 January 2021 was in week 53 of 2020
  EXPECT_EQ(named("17"), "17");
  EXPECT_EQ(named("2024"), "2024");
  EXPECT_EQ(named("2024-03-31", PeriodGrain::kDay), "2024-03-31");
  EXPECT_EQ(named("2024-03-31", PeriodGrain::kWeek), "2024-03-25");
  EXPECT_EQ(named("2024-03-31", PeriodGrain::kQuarter), "2024-Q1");
  EXPECT_EQ(named("2024-03-31", PeriodGrain::kYear), "2024");
  for (const char* bad : {"", "March", "2024-13", "2024Q5", "2024-W54", "2024-02-31x", "24-03"})
    EXPECT_EQ(named(bad), "none") << bad;
}

// What follows each other differs by one, over the end of a year too.
TEST(ParsePeriod, CountsOn) {
  const auto apart = [](std::string_view a, std::string_view b, PeriodGrain grain) {
    return parse_period(b, grain)->number - parse_period(a, grain)->number;
  };
  EXPECT_EQ(apart("2023-12", "2024-01", PeriodGrain::kMonth), 1);
  EXPECT_EQ(apart("2023Q4", "2024Q1", PeriodGrain::kMonth), 1);
  EXPECT_EQ(apart("2020-W53", "2021-W01", PeriodGrain::kMonth), 1);
  EXPECT_EQ(apart("2024-02-29", "2024-03-01", PeriodGrain::kDay), 1);
  EXPECT_EQ(apart("2024-03-31", "2024-04-01", PeriodGrain::kWeek), 1);  // Sunday, Monday
}

TEST(ParseWantedStage, ReadsSumsAndLogarithms) {
  const auto stage = parse_wanted_stage("value=log(sum(revenue (CNY)))");
  ASSERT_TRUE(stage);
  EXPECT_EQ(stage->name, "value");
  EXPECT_EQ(stage->column, "revenue (CNY)");
  EXPECT_TRUE(stage->is_sum && stage->is_log);
  EXPECT_FALSE(parse_wanted_stage("quality=mean(on time)")->is_sum);
  EXPECT_EQ(parse_wanted_stage("quality=mean(on time)")->column, "on time");
  for (const char* bad : {"quality", "=x", "quality=", "quality=sum()"})
    EXPECT_FALSE(parse_wanted_stage(bad)) << bad;
}

class PanelFiles : public testing::Test {
 protected:
  ~PanelFiles() override { std::filesystem::remove(path_); }
  Result<PanelFile> read(std::string_view text, const std::vector<WantedStage>& stages) {
    std::ofstream(path_, std::ios::binary) << text;
    return read_panel(path_, "branch", "month", PeriodGrain::kMonth, stages);
  }
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      ("zhike-panel-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + ".csv");
};

TEST_F(PanelFiles, AddsUpRowsOfAUnitAndPeriod) {
  const auto found = read(
      "Branch,month,csat,revenue\n"
      "b,2024-03,4,100\n"
      "a,2024-01,5,10\n"
      "b,2024-03,2,50\n"
      "b,2024-01,,0\n"
      "a,2024-03,x,7\n"
      ",2024-03,1,1\n"
      "a,soon,1,1\n"
      "a,7,1,1\n",
      {{"satisfaction", "csat"}, {"value", "revenue", true, false}, {"log", "revenue", true, true}});
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found->units, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(found->periods, 3);
  EXPECT_EQ(to_string(found->first), "2024-01");
  EXPECT_EQ(found->rows, 8);
  EXPECT_EQ(found->no_unit, 1);
  EXPECT_EQ(found->no_period, 2);  // one of another kind among them
  const StageRead& satisfaction = found->stages[0];
  EXPECT_EQ(satisfaction.empty, 1);
  EXPECT_EQ(satisfaction.not_numbers, 1);
  EXPECT_EQ(satisfaction.known, 2);
  EXPECT_EQ(satisfaction.values[0], 5);
  EXPECT_TRUE(std::isnan(satisfaction.values[1]));
  EXPECT_EQ(satisfaction.values[5], 3);
  EXPECT_EQ(found->stages[1].values[5], 150);
  EXPECT_EQ(found->stages[1].values[3], 0);
  EXPECT_NEAR(found->stages[2].values[5], std::log(150), 1e-12);
  EXPECT_TRUE(std::isnan(found->stages[2].values[3])) << "no logarithm of 0";
}

TEST_F(PanelFiles, SaysWhatIsWrong) {
  EXPECT_EQ(read("branch,month\nx,2024-01\n", {{"q", "csat"}}).error().code, Code::kDriverColumnMissing);
  EXPECT_EQ(read("branch,month,csat\nx,soon,1\n", {{"q", "csat"}}).error().code, Code::kTooFewRows);
  EXPECT_EQ(read("branch,month,csat\nx,1,1\ny,9223372036854775807,1\n", {{"q", "csat"}}).error().code,
            Code::kBadFile);
}

}  // namespace
}  // namespace zhike::cli
