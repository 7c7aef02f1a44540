#include <gtest/gtest.h>

#include <set>

#include "metric/catalogue.h"
#include "metric/estimate.h"
#include "metric/overview.h"
#include "warehouse/test_client.h"

namespace zhike::metric {
namespace {

using warehouse::Canned;

warehouse::Table table(std::vector<std::string> columns, std::vector<boost::json::array> rows) {
  warehouse::Table out;
  for (auto& name : columns) out.columns.push_back({.name = std::move(name), .type = ""});
  out.rows = std::move(rows);
  return out;
}

const Metric& named(std::string_view key) { return **find(key); }
const query::Filter kTwoDays{.range = {{0}, {2 * 86'400'000}}};

TEST(Catalogue, HoldsWholeMetrics) {
  EXPECT_GE(list().size(), 25U);
  std::set<std::string> groups;
  for (const Metric& metric : list()) {
    groups.insert(metric.group);
    EXPECT_FALSE(metric.name_zh.empty()) << metric.key;
    EXPECT_FALSE(metric.source.empty()) << metric.key;
    EXPECT_NE(sql_named(metric.sql).find("{grain:String}"), std::string_view::npos) << metric.key;
    for (const Param& param : metric.params)
      EXPECT_NE(sql_named(metric.sql).find("{" + param.name + ":"), std::string_view::npos)
          << metric.key << " " << param.name;
    if (metric.estimator == Estimator::kMedian) EXPECT_FALSE(metric.additive) << metric.key;
  }
  EXPECT_EQ(groups, (std::set<std::string>{"commerce", "digital", "experience", "service", "volume"}));
  EXPECT_EQ(find("no such").error().code, Code::kUnknownMetric);
}

TEST(Estimate, GivesNoNumberBelowTheMinimum) {
  const Value few = estimate(named("nps"), {.n = 9, .promoters = 9});
  EXPECT_FALSE(few.value || few.low || few.enough);
  EXPECT_EQ(few.n, 9U);
  const Value enough = estimate(named("nps"), {.n = 10, .promoters = 5, .detractors = 2});
  EXPECT_DOUBLE_EQ(*enough.value, 30);
  EXPECT_TRUE(enough.low && enough.enough);
  EXPECT_FALSE(estimate(named("answers"), {}).low);
  EXPECT_DOUBLE_EQ(*estimate(named("answers"), {}).value, 0);
}

TEST(Estimate, ScalesTheMedian) {
  Parts parts{.n = 201};
  for (int i = 0; i <= 200; ++i) parts.grid.push_back(i * 864.0);
  const Value days = estimate(named("delivery_days"), parts);
  EXPECT_NEAR(*days.value, 1, 1e-9);
  EXPECT_LT(*days.low, 1);
  EXPECT_GT(*days.high, 1);
}

TEST(Change, IsSignificantOnlyForSamples) {
  const auto share = change(named("csat"), {.n = 100, .hits = 40}, {.n = 100, .hits = 60});
  ASSERT_TRUE(share);
  EXPECT_TRUE(share->significant);
  EXPECT_NEAR(share->value, 0.2, 1e-12);
  const auto count = change(named("orders"), {.n = 10}, {.n = 10000});
  ASSERT_TRUE(count);
  EXPECT_FALSE(count->significant || count->low);
  EXPECT_FALSE(change(named("csat"), {.n = 2, .hits = 1}, {.n = 100, .hits = 60}));
}

TEST(Compute, AddsUpWhatAddsUpAndFillsTheSeries) {
  Canned client;
  client.answers = {table({"bucket", "grp", "n", "promoters", "detractors", "hits", "total", "squares"},
                          {{"1970-01-02", "", "20", "12", "4", "0", 150.0, 1300.0}}),
                    table({"bucket", "grp", "n", "promoters", "detractors"}, {}), table({"1"}, {{1}})};
  const auto answer =
      compute(client, Grant::owner(), named("nps"),
              {.filter = kTwoDays, .grain = query::Grain::kDay, .compare = query::Compare::kPrevious});
  ASSERT_TRUE(answer);
  EXPECT_DOUBLE_EQ(*answer->value.value, 40);
  ASSERT_EQ(answer->series.size(), 2U);
  EXPECT_FALSE(answer->series[0].value.value);
  EXPECT_DOUBLE_EQ(*answer->series[1].value.value, 40);
  EXPECT_EQ(answer->series[1].at.ms, 86'400'000);
  EXPECT_FALSE(answer->change);
  ASSERT_EQ(client.asked.size(), 3U);
  EXPECT_NE(client.asked[0].find("grain=day"), std::string::npos);
}

TEST(Compute, AsksTwiceWhatDoesNotAddUp) {
  Canned client;
  client.answers = {table({"bucket", "grp", "n"}, {{"1970-01-01", "", 5}, {"1970-01-02", "", 7}}),

                    table({"bucket", "grp", "n"},
                          {{"1970-01-01", "app", 3}, {"1970-01-01", "", 1}, {"1970-01-01", "web", 8}}),
                    table({"bucket", "grp", "n"}, {{"1970-01-01", "", 9}})};
  const auto answer = compute(client, Grant::owner(), named("active_customers"),
                              {.filter = kTwoDays, .grain = query::Grain::kDay, .by = query::By::kChannel});
  ASSERT_TRUE(answer);
  EXPECT_DOUBLE_EQ(*answer->value.value, 9);
  ASSERT_EQ(answer->groups.size(), 2U);
  EXPECT_EQ(answer->groups[0].key, "web");
}

TEST(Compute, KeepsCurrenciesApart) {
  Canned client;
  client.answers = {
      table({"bucket", "grp", "currency", "n", "total", "squares"},
            {{"1970-01-01", "", "CNY", 30, 600.0, 13000.0}, {"1970-01-01", "", "USD", 2, 9.0, 50.0}})};
  const auto answer = compute(client, Grant::owner(), named("revenue"), {.filter = kTwoDays});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->currency, "CNY");
  EXPECT_DOUBLE_EQ(*answer->value.value, 600);
}

/// A count of the range, nothing before it, and whether anything at all is stored of the time before.
std::optional<Change> change_from_nothing(bool something_stored) {
  Canned client;
  client.answers = {table({"bucket", "grp", "n"}, {{"1970-01-01", "", 8016}}),
                    table({"bucket", "grp", "n"}, {}),
                    table({"1"}, something_stored ? std::vector<boost::json::array>{{1}}
                                                  : std::vector<boost::json::array>{})};
  const auto answer = compute(client, Grant::owner(), named("orders"),
                              {.filter = kTwoDays, .compare = query::Compare::kPrevious});
  EXPECT_TRUE(answer && answer->value.value == 8016);
  return answer ? answer->change : std::nullopt;
}

TEST(Compute, ComparesWithNoOrdersButNotWithNoData) {
  const auto from_none = change_from_nothing(true);
  ASSERT_TRUE(from_none);
  EXPECT_DOUBLE_EQ(from_none->value, 8016);
  EXPECT_FALSE(change_from_nothing(false));
}

TEST(Compute, AsksOnceForMetricsOfTheSameRows) {
  ASSERT_TRUE(alike(named("revenue"), named("order_value")));
  EXPECT_FALSE(alike(named("nps"), named("csat")));
  Canned client;
  client.answers = {table({"bucket", "grp", "currency", "n", "total", "squares"},
                          {{"1970-01-01", "", "CNY", 30, 600.0, 13000.0}})};
  const Metric* const both[] = {&named("revenue"), &named("order_value")};
  const auto answers = compute_alike(client, Grant::owner(), both, {.filter = kTwoDays});
  ASSERT_TRUE(answers);
  ASSERT_EQ(answers->size(), 2U);
  EXPECT_DOUBLE_EQ(*answers->at(0).value.value, 600);
  EXPECT_DOUBLE_EQ(*answers->at(1).value.value, 20);
  EXPECT_EQ(client.asked.size(), 1U);
}

TEST(Compute, DemandsThePermission) {
  Canned client;
  const Grant nobody{.user = {}, .permissions = 0, .all_units = true, .units = {}};
  EXPECT_EQ(compute(client, nobody, named("nps"), {.filter = kTwoDays}).error().code,
            Code::kPermissionMissing);
  EXPECT_EQ(overview(client, nobody, kTwoDays).error().code, Code::kPermissionMissing);
  EXPECT_TRUE(client.asked.empty());
}

TEST(Compute, PassesTheStoresErrorOn) {
  Canned client;
  EXPECT_EQ(compute(client, Grant::owner(), named("nps"), {.filter = kTwoDays}).error().code,
            Code::kWarehouseDown);
}

}  // namespace
}  // namespace zhike::metric
