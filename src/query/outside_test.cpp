#include "query/outside.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zhike::query {
namespace {

using testing::ElementsAre;

OutsideSql write(const OutsideQuestion& question) {
  auto out = outside(question);
  EXPECT_TRUE(out) << (out ? "" : to_string(out.error()));
  return out ? *out : OutsideSql{};
}

const OutsideColumn kTariff{.name = "tariff", .native = "character varying"};
const OutsideColumn kSince{.name = "since", .type = OutsideType::kTime, .native = "date"};
const OutsideColumn kCount{.name = "n", .type = OutsideType::kNumber, .native = "bigint"};

TEST(Outside, PostgresTakesArrays) {
  const auto sql = write({.dialect = Dialect::kPostgres,
                          .relation = "\"public\".\"t\"",
                          .columns = {kTariff},
                          .conditions = {{.column = kTariff, .op = Op::kIn, .values = {"a", "b\"\\"}},
                                         {.column = kSince, .op = Op::kAtLeast, .values = {"2024-03-01"}},
                                         {.column = kCount, .op = Op::kNotIn, .values = {"5"}}},
                          .rows_max = 3});
  EXPECT_EQ(
      sql.sql,
      "SELECT \"tariff\"::text FROM \"public\".\"t\" WHERE \"tariff\" = ANY ($1::text[]) AND \"since\" >= "
      "$2::date AND \"n\" <> ALL ($3::bigint[]) LIMIT 3");
  ASSERT_EQ(sql.values.size(), 3U);
  EXPECT_THAT(sql.values[0].texts, ElementsAre("{\"a\",\"b\\\"\\\\\"}"));
  EXPECT_THAT(sql.values[1].texts, ElementsAre("2024-03-01 00:00:00.000"));
}

TEST(Outside, TheEngineComparesWholeNumbersAsSuch) {
  const OutsideColumn id{.name = "id", .type = OutsideType::kNumber, .native = "Nullable(Int64)"};
  const OutsideColumn text{.name = "n", .type = OutsideType::kNumber, .native = "Nullable(String)"};
  const auto sql = write({.dialect = Dialect::kEngine,
                          .relation = "t",
                          .columns = {id},
                          .conditions = {{.column = id, .op = Op::kIn, .values = {"1234567890123456789"}},
                                         {.column = id, .op = Op::kNotIn, .values = {"1.5"}},
                                         {.column = text, .op = Op::kIn, .values = {"7"}},
                                         {.column = text, .op = Op::kAtMost, .values = {"7"}}}});
  EXPECT_EQ(sql.sql,
            "SELECT toNullable(toValidUTF8(toString(`id`))) FROM t WHERE "
            "ifNull(toInt128(`id`) IN arrayMap(x -> toInt128(x), {p1:Array(String)}), 0) AND "
            "ifNull(toFloat64(`id`) NOT IN arrayMap(x -> toFloat64(x), {p2:Array(String)}), 0) AND "
            "ifNull(toDecimal128OrNull(`n`, 10) IN arrayMap(x -> toDecimal128OrNull(x, 10), "
            "{p3:Array(String)}), 0) AND "
            "ifNull(toFloat64OrNull(`n`) <= arrayMap(x -> toFloat64(x), {p4:Array(String)})[1], 0)");
  ASSERT_EQ(sql.values.size(), 4U);
  EXPECT_TRUE(sql.values[0].array);
}

TEST(Outside, NamesAreQuotedByTheRulesOfEachSystem) {
  EXPECT_EQ(*quoted_name(Dialect::kPostgres, "a\"; DROP TABLE x --"), "\"a\"\"; DROP TABLE x --\"");
  EXPECT_EQ(*quoted_name(Dialect::kMysql, "a`; DROP TABLE x --"), "`a``; DROP TABLE x --`");
  EXPECT_EQ(*quoted_name(Dialect::kEngine, "a`\\"), "`a\\`\\\\`");
  EXPECT_EQ(*quoted_table(Dialect::kPostgres, "s\"", "t"), "\"s\"\"\".\"t\"");
  EXPECT_FALSE(quoted_name(Dialect::kPostgres, ""));
  EXPECT_FALSE(quoted_name(Dialect::kPostgres, std::string_view("a\0b", 3)));
  EXPECT_FALSE(quoted_name(Dialect::kPostgres, std::string(200, 'a')));
}

TEST(Outside, NoValueReachesTheText) {
  const std::string evil = "x' OR 1=1 --";
  for (const Dialect dialect : {Dialect::kPostgres, Dialect::kMysql, Dialect::kEngine}) {
    const auto sql = write({.dialect = dialect,
                            .relation = "t",
                            .conditions = {{.column = kTariff, .op = Op::kIn, .values = {evil, "'\"\\"}}}});
    EXPECT_EQ(sql.sql.find("1=1"), std::string::npos);
    EXPECT_EQ(sql.sql.find('\''), std::string::npos) << sql.sql;
  }
}

TEST(Outside, RefusesWhatIsNotOfTheColumnsType) {
  const auto refused = [](const OutsideColumn& column, Op op, std::vector<std::string> values) {
    return outside(
               {.dialect = Dialect::kMysql, .relation = "t", .conditions = {{column, op, std::move(values)}}})
               .error()
               .code == Code::kBadFilter;
  };
  EXPECT_TRUE(refused(kCount, Op::kIn, {"1 OR 1"}));
  EXPECT_TRUE(refused(kCount, Op::kAtLeast, {""}));
  EXPECT_TRUE(refused(kSince, Op::kAtMost, {"tomorrow"}));
  EXPECT_TRUE(refused(kTariff, Op::kAtLeast, {"a"})) << "texts have no order that every system shares";
  EXPECT_TRUE(refused(kTariff, Op::kIn, {}));
  EXPECT_TRUE(refused(kTariff, Op::kIn, {std::string("a\0b", 3)}));
  EXPECT_TRUE(refused(kCount, Op::kAtLeast, {"1", "2"}));
}

TEST(Outside, AnEmptyTextIsAValue) {
  EXPECT_TRUE(
      outside({.dialect = Dialect::kPostgres, .relation = "t", .conditions = {{kTariff, Op::kIn, {""}}}}));
}

}  // namespace
}  // namespace zhike::query
