#include "query/where.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/prepare.h"

namespace zhike::query {
namespace {

using testing::HasSubstr;

Expr on(Field field, std::string name, Op op, std::vector<std::string> values = {}) {
  return {.kind = Expr::Kind::kCondition,
          .condition = {.field = field, .op = op, .values = std::move(values), .name = std::move(name)}};
}

Expr read(std::string_view text) {
  auto out = parse_where(text);
  EXPECT_TRUE(out) << text << ": " << (out ? "" : to_string(out.error()));
  return out ? *out : Expr{};
}

TEST(Where, ReadsConditions) {
  EXPECT_EQ(read("channel = app"), is(Field::kChannel, {"app"}));
  EXPECT_EQ(read(" name in ('Order ''Paid''', \"a, b\" )"), is(Field::kName, {"Order 'Paid'", "a, b"}));
  EXPECT_EQ(read("crm.tariff=gold"), on(Field::kVirtual, "crm.tariff", Op::kIn, {"gold"}));
  EXPECT_EQ(read("crm.`the ``tariff``.` != 基本"),
            on(Field::kVirtual, "crm.the `tariff`.", Op::kNotIn, {"基本"}));
  EXPECT_EQ(read("crm.since >= 2024-01-01"), on(Field::kVirtual, "crm.since", Op::kAtLeast, {"2024-01-01"}));
  EXPECT_EQ(read("crm exists"), on(Field::kVirtual, "crm", Op::kExists));
  EXPECT_EQ(read("trait.address.city NOT IN (上海, 北京)"),
            on(Field::kTrait, "address.city", Op::kNotIn, {"上海", "北京"}));
  EXPECT_EQ(read("list in ('Stopped at cart', vip)"),
            on(Field::kVirtual, "list", Op::kIn, {"Stopped at cart", "vip"}));
  EXPECT_EQ(read("list != vip"), on(Field::kVirtual, "list", Op::kNotIn, {"vip"}));
  EXPECT_EQ(read("persona in (hunter, '熟客')"), on(Field::kVirtual, "persona", Op::kIn, {"hunter", "熟客"}));
  EXPECT_EQ(read("list exists"), on(Field::kVirtual, "list", Op::kExists)) << "a source of that key";
  EXPECT_EQ(read("list.a = 1"), on(Field::kVirtual, "list.a", Op::kIn, {"1"}));
  EXPECT_EQ(read("score >= 9"), at_least(9));
}

TEST(Where, NotBindsClosestThenAnd) {
  const Expr a = is(Field::kChannel, {"a"}), b = is(Field::kChannel, {"b"}), c = is(Field::kChannel, {"c"});
  EXPECT_EQ(read("channel=a or channel=b and not channel=c"), any({a, all({b, negate(c)})}));
  EXPECT_EQ(read("(channel=a OR channel=b) AND channel=c"), all({any({a, b}), c}));
  EXPECT_EQ(read("did(channel=a and channel=b) and not did(channel=c)"),
            all({did(all({a, b})), negate(did(c))}));
}

TEST(Where, SaysWhatItDoesNotUnderstand) {
  for (const char* text : {"",
                           "channel",
                           "channel = ",
                           "channel = 'open",
                           "channel in gold",
                           "channel in (gold",
                           "and",
                           "(channel = a",
                           "channel = a b",
                           "crm = gold",
                           "crm.tariff",
                           "score >= many",
                           "channel >= 3",
                           "channel exists",
                           "not",
                           "did()",
                           "crm.a not 3",
                           "list",
                           "list >= 3",
                           "persona",
                           "persona <= 3",
                           "list = ",
                           "a.b.c = 3"})
    EXPECT_FALSE(parse_where(text)) << text;
  const auto wrong = parse_where("channel = app und so");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kBadFilter);
  EXPECT_THAT(wrong.error().detail, HasSubstr("after 'channel = app'"));
  EXPECT_EQ(parse_where(std::string(4000, '(')).error().code, Code::kBadFilter);
  std::string nots;
  for (int i = 0; i < 500; ++i) nots += "not ";
  EXPECT_EQ(parse_where(nots + "channel = a").error().code, Code::kBadFilter);
}

TEST(Where, BecomesSqlWithoutItsValues) {
  constexpr std::string_view kSql =
      "SELECT count() FROM events WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit)) "
      "/*filter*/";
  Filter filter{.range = {{0}, {86'400'000}}};
  filter.where = all({read("did(name = 'x''); DROP TABLE events --' )"), among(7, "x') OR 1=1")});
  const auto prepared = prepare(Grant::owner(), Permission::kViewMetrics, filter, kSql);
  ASSERT_TRUE(prepared) << to_string(prepared.error());
  EXPECT_THAT(prepared->sql, testing::Not(HasSubstr("DROP")));
  EXPECT_THAT(prepared->sql, testing::Not(HasSubstr("1=1")));
  EXPECT_THAT(prepared->sql,
              HasSubstr("FROM customer_sets WHERE set_id = {f1:UInt64} AND grp = {f1_group:String}"));
  EXPECT_THAT(prepared->sql, HasSubstr(kScope)) << "did() looks at what the Grant sees";
}

TEST(Where, WhatNobodyLookedUpIsNoFilter) {
  constexpr std::string_view kSql =
      "SELECT count() FROM events WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit)) "
      "/*filter*/";
  for (const char* text : {"crm.tariff = gold", "crm exists", "trait.city = a", "crm.n >= 3"}) {
    const Filter filter{.range = {{0}, {86'400'000}}, .where = read(text)};
    EXPECT_EQ(prepare(Grant::owner(), Permission::kViewMetrics, filter, kSql).error().code,
              Code::kUnknownOperator);
  }
}

}  // namespace
}  // namespace zhike::query
