#include "journey/budget.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace zhike::journey {
namespace {

using stats::BudgetIssue;
using stats::Period;

Spending spent(std::string_view channel, std::string_view period, double amount,
               std::string_view money = "") {
  return {.channel = std::string(channel),
          .days = *parse_day_range(period),
          .amount = amount,
          .currency = std::string(money)};
}
BudgetRow row(std::string_view channel, std::string_view period, double amount,
              std::optional<double> outcome) {
  return {.line = 2, .spending = spent(channel, period, amount), .outcome = outcome};
}
std::string refusal(const Result<FileBudget>& found) {
  if (found)
    return found->table.refused.empty() ? "taken" : std::string(to_string(found->table.refused[0].issue));
  return found.error().detail;
}

TEST(SpendTable, DaysBecomeWholeWeeks) {
  // 2026-03-02 is a Monday. Nine days: one whole week from there, two days that are none.
  std::vector<Spending> days;
  for (int d = 1; d <= 9; ++d) days.push_back(spent("tv", "2026-03-0" + std::to_string(d), d));
  days.push_back(spent("mail", "2026-03-04", 5));
  const auto found = spend_table(days, {.period = Period::kWeek});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->periods.size(), 1U);
  EXPECT_EQ(to_string(found->periods[0]), "2026-03-02/2026-03-08");
  ASSERT_EQ(found->channels.size(), 2U);
  EXPECT_EQ(found->channels[0].name, "mail");
  EXPECT_EQ(found->channels[0].spend, std::vector<double>{5});
  EXPECT_EQ(found->channels[1].spend, std::vector<double>{2 + 3 + 4 + 5 + 6 + 7 + 8});
  const auto cut = spend_table(days, {.period = Period::kDay}, DayRange{days[1].days.from, days[3].days.to});
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->channels[1].spend, (std::vector<double>{2, 3, 4}));
  EXPECT_EQ(cut->channels[0].spend, (std::vector<double>{0, 0, 5}));
}

TEST(SpendTable, SaysWhatStandsAgainstIt) {
  const auto issue = [](const std::vector<Spending>& of, Period period) {
    const auto found = spend_table(of, {.period = period});
    return found && !found->refused.empty() ? std::string(to_string(found->refused[0].issue)) : "";
  };
  EXPECT_EQ(issue({}, Period::kWeek), "no_spending");
  EXPECT_EQ(issue({spent("tv", "2026-03", 1)}, Period::kWeek), "coarse");
  EXPECT_EQ(issue({spent("tv", "2026-W09", 1, "CNY"), spent("tv", "2026-W10", 1, "EUR")}, Period::kWeek),
            "several_currencies");
  const auto gap = spend_table(std::vector{spent("tv", "2026-W09", 1), spent("tv", "2026-W12", 1)}, {});
  ASSERT_TRUE(gap);
  ASSERT_EQ(gap->refused.size(), 1U);
  EXPECT_EQ(gap->refused[0].issue, BudgetIssue::kGap);
  EXPECT_EQ(gap->refused[0].other, "2026-03-02");
  EXPECT_EQ(gap->refused[0].value, 14);
  // A month over two weeks is too long for weeks, not for months.
  EXPECT_EQ(issue({spent("tv", "2026-03", 1), spent("tv", "2026-04", 1)}, Period::kMonth), "");
  std::vector<Spending> many;
  for (int c = 0; c < 13; ++c) many.push_back(spent("c" + std::to_string(c), "2026-W09", 1));
  EXPECT_FALSE(spend_table(many, {}));
}

TEST(FileBudget, PeriodsAreThoseOfTheFile) {
  // Sundays, seven days apart, stand for the weeks that they begin.
  const auto weeks = file_budget({row("tv", "2026-03-01", 1, 10), row("mail", "2026-03-01", 2, {}),
                                  row("tv", "2026-03-08", 3, 20), row("mail", "2026-03-08", 4, 20)},
                                 {});
  ASSERT_TRUE(weeks) << to_string(weeks.error());
  EXPECT_EQ(weeks->kind.period, Period::kWeek);
  ASSERT_EQ(weeks->table.periods.size(), 2U);
  EXPECT_EQ(to_string(weeks->table.periods[0]), "2026-03-01/2026-03-07");
  EXPECT_EQ(weeks->outcome, (std::vector<double>{10, 20}));
  EXPECT_EQ(weeks->table.channels[0].spend, (std::vector<double>{2, 4}));
  const auto months = file_budget({row("tv", "2026-02-01", 1, 10), row("tv", "2026-03-01", 3, 20)}, {});
  ASSERT_TRUE(months);
  EXPECT_EQ(months->kind.period, Period::kMonth);
  EXPECT_EQ(months->table.periods.size(), 2U);
}

TEST(FileBudget, DaysAddUpToWhatIsAskedFor) {
  std::vector<BudgetRow> rows;
  for (int d = 2; d <= 8; ++d) rows.push_back(row("tv", "2026-03-0" + std::to_string(d), 1, d));
  const auto found = file_budget(rows, Period::kWeek);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->outcome, std::vector<double>{2 + 3 + 4 + 5 + 6 + 7 + 8});
  EXPECT_EQ(refusal(file_budget({row("tv", "2026-W09", 1, 1)}, Period::kDay)), "coarse");
}

TEST(FileBudget, RefusesWhatContradictsItself) {
  EXPECT_NE(
      refusal(file_budget({row("tv", "2026-W09", 1, 1), row("tv", "2026-W09", 2, 1)}, {})).find("twice"),
      std::string::npos);
  EXPECT_NE(
      refusal(file_budget({row("tv", "2026-W09", 1, 1), row("mail", "2026-W09", 2, 3)}, {})).find("outcome"),
      std::string::npos);
  EXPECT_NE(refusal(file_budget({row("tv", "2026-W09", 1, {})}, {})).find("no outcome"), std::string::npos);
  EXPECT_NE(
      refusal(file_budget({row("tv", "2026-W09", 1, 1), row("tv", "2026-04", 1, 1)}, {})).find("all days"),
      std::string::npos);
  EXPECT_NE(refusal(file_budget({row("tv", "2026", 1, 1)}, {})).find("all days"), std::string::npos);
  EXPECT_FALSE(file_budget({}, {}));
}

TEST(LeavesOut, ConditionsOnUnitsAlone) {
  using query::Field;
  const auto north = query::is(Field::kUnit, {"north"}), web = query::is(Field::kChannel, {"web"});
  EXPECT_FALSE(leaves_out({}, "south"));
  EXPECT_FALSE(leaves_out(web, "south"));
  EXPECT_TRUE(leaves_out(north, "south"));
  EXPECT_FALSE(leaves_out(north, "north"));
  EXPECT_TRUE(leaves_out(north, "")) << "what is spent for the whole is not the unit's";
  EXPECT_TRUE(leaves_out(query::negate(north), "north"));
  EXPECT_TRUE(leaves_out(query::all({web, north}), "south"));
  EXPECT_FALSE(leaves_out(query::any({web, north}), "south"));
  EXPECT_FALSE(leaves_out(query::did(north), "south"));
}

}  // namespace
}  // namespace zhike::journey
