#include "feedback/benchmarks.h"

#include <gtest/gtest.h>

#include "feedback/test_rounds.h"

namespace zhike::feedback {
namespace {

TEST(BenchmarkFile, IsReadInAnyOrderAndSaysWhatIsWrong) {
  const auto file = parse_benchmarks(
      "source,Metric,value,period,n,sd\n"
      "Industry report,NPS,32,2026-Q1,1200,\n"
      "Industry report,csat,76 %,2026,,\n"
      "Rival,ces,2.4,2026-03,300,1.2\n"
      "Rival,nps,120,2026,10,\n"
      "Rival,nps,12,2026-13,10,\n"
      "Rival,nps,12,2026-01/2025-12,10,\n"
      "Rival,csat,7,2026,10,\n"
      ",nps,12,2026,10,\n"
      "Rival,nps,12,2026-02-29,10,\n"
      "Rival,nps,12,2026,1.5,\n");
  ASSERT_TRUE(file) << to_string(file.error());
  ASSERT_EQ(file->good.size(), 3U);
  EXPECT_EQ(file->good[0].metric, "nps");
  EXPECT_EQ(file->good[0].n, 1'200U);
  EXPECT_EQ(file->good[0].to_day - file->good[0].from_day, 89) << "January to March of 2026";
  EXPECT_DOUBLE_EQ(file->good[1].value, 0.76);
  EXPECT_EQ(file->good[1].to_day - file->good[1].from_day, 364);
  EXPECT_EQ(file->good[2].spread, 1.2);
  ASSERT_EQ(file->bad.size(), 7U);
  EXPECT_EQ(file->bad[0].line, 5U);
  EXPECT_NE(file->bad[0].what.find("value"), std::string::npos);
  EXPECT_NE(file->bad[1].what.find("period"), std::string::npos);
}

TEST(BenchmarkFile, APeriodIsDaysWithTheLastIncluded) {
  const auto file =
      parse_benchmarks("metric,period,value,source\nnps,2026-03-07,1,a\nnps,2026-02/2026-03-01,1,a\n");
  ASSERT_TRUE(file);
  ASSERT_EQ(file->good.size(), 2U);
  EXPECT_EQ(file->good[0].from_day, file->good[0].to_day);
  EXPECT_EQ(file->good[1].to_day - file->good[1].from_day, 28);
}

TEST(BenchmarkFile, NeedsItsColumns) {
  EXPECT_FALSE(parse_benchmarks(""));
  const auto missing = parse_benchmarks("metric,period,value\nnps,2026,1\n");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kBadField);
  EXPECT_NE(missing.error().detail.find("source"), std::string::npos);
}

class BenchmarksTest : public RoundsFixture {};

TEST_F(BenchmarksTest, OneOfTheSameNameIsReplaced) {
  Benchmarks benchmarks({.ledger = *db_, .client = client_, .audit = *audit_, .clock = clock_});
  Benchmark one{.metric = "nps",
                .period = "2026",
                .source = "Report",
                .from_day = 20'454,
                .to_day = 20'818,
                .value = 30,
                .n = 100};
  must(benchmarks.put(owner_, {one}));
  one.value = 32;
  one.spread = 70;
  must(benchmarks.put(owner_, {one}));
  const auto known = must(benchmarks.list(owner_, "nps"));
  ASSERT_EQ(known.size(), 1U);
  EXPECT_EQ(known[0].value, 32);
  EXPECT_EQ(known[0].spread, 70);
  EXPECT_TRUE(must(benchmarks.list(owner_, "csat")).empty());
  must(benchmarks.remove(owner_, one));
  EXPECT_EQ(code(benchmarks.remove(owner_, one)), "not_found");
  Grant viewer = owner_;
  viewer.permissions = 1U << static_cast<unsigned>(Permission::kViewMetrics);
  EXPECT_EQ(code(benchmarks.put(viewer, {one})), "permission_missing");
}

}  // namespace
}  // namespace zhike::feedback
