#include "identity/traits.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "identity/survivor.h"
#include "identity/test_graph.h"
#include "identity/trait_scan.h"

namespace zhike::identity {
namespace {

class TraitChanges : public testing::Test {
 protected:
  void SetUp() override {
    graph_.resolve({{{{IdentifierKind::kUserId, "u1"}}}, {{{IdentifierKind::kPhone, "13951234567"}}}});
    user_ = {graph_.customer(IdentifierKind::kUserId, "u1")};
    phone_ = {graph_.customer(IdentifierKind::kPhone, "13951234567")};
  }
  void change(SubjectId subject, TraitOp op, std::string key, std::string value, std::int64_t at,
              bool sensitive = false) {
    must(graph_.db().write([&](ledger::Tx& tx) {
      return traits_.change(tx, subject, op, {{std::move(key), std::move(value), sensitive, {1}, {at}}});
    }));
  }
  static void must(const Result<void>& result) { ASSERT_TRUE(result) << to_string(result.error()); }
  std::string value(SubjectId customer, std::string_view key) {
    std::string out = "none";
    must(graph_.db().read([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(const auto all, traits_.get(tx, CustomerId{customer.value}));
      for (const Trait& trait : all)
        if (trait.key == key) out = trait.value;
      return {};
    }));
    return out;
  }
  void join() {
    graph_.resolve({{{{IdentifierKind::kUserId, "u1"}, {IdentifierKind::kPhone, "13951234567"}}}});
  }
  TestGraph graph_;
  Traits traits_{graph_.keys()};
  SubjectId user_, phone_;
};

TEST_F(TraitChanges, SumsComeOnTopOfTheValueTheyFollow) {
  change(user_, TraitOp::kAdd, "coins", "5", 20);
  change(user_, TraitOp::kSet, "coins", "100", 10);
  EXPECT_EQ(value(user_, "coins"), "105") << "whichever came first";
  change(user_, TraitOp::kAdd, "coins", "-0.5", 30);
  EXPECT_EQ(value(user_, "coins"), "104.5");
  change(user_, TraitOp::kSet, "coins", "1", 25);
  EXPECT_EQ(value(user_, "coins"), "0.5") << "the value of 25 has seen what was added at 20";
  change(user_, TraitOp::kAdd, "coins", "many", 40);
  EXPECT_EQ(value(user_, "coins"), "0.5") << "no number";
  change(user_, TraitOp::kUnset, "coins", "", 50);
  EXPECT_EQ(value(user_, "coins"), "none");
  change(user_, TraitOp::kAdd, "coins", "3", 45);
  EXPECT_EQ(value(user_, "coins"), "none");
  change(user_, TraitOp::kAdd, "coins", "3", 55);
  EXPECT_EQ(value(user_, "coins"), "3");
}

TEST_F(TraitChanges, WhatIsSetOnceGivesWayAndComesBackAfterARemoval) {
  change(user_, TraitOp::kSetOnce, "first", "web", 20);
  change(user_, TraitOp::kSetOnce, "first", "app", 30);
  EXPECT_EQ(value(user_, "first"), "web");
  EXPECT_EQ(graph_.number("SELECT count(*) FROM trait_entries"), 1) << "repeats take no room";
  change(user_, TraitOp::kSetOnce, "first", "store", 10);
  EXPECT_EQ(value(user_, "first"), "store") << "the earlier";
  change(user_, TraitOp::kSet, "first", "crm", 5);
  EXPECT_EQ(value(user_, "first"), "crm") << "any other value";
  change(user_, TraitOp::kUnset, "first", "", 40);
  EXPECT_EQ(value(user_, "first"), "none");
  change(user_, TraitOp::kSetOnce, "first", "kiosk", 50);
  EXPECT_EQ(value(user_, "first"), "kiosk");
}

TEST_F(TraitChanges, DeletingTakesAllThatWasStatedUntilThen) {
  change(user_, TraitOp::kSet, "city", "Jinan", 10);
  change(user_, TraitOp::kAppend, "tags", R"(["a"])", 10);
  change(user_, TraitOp::kSet, "level", "gold", 30);
  change(user_, TraitOp::kDelete, "", "", 20);
  EXPECT_EQ(value(user_, "city"), "none");
  EXPECT_EQ(value(user_, "tags"), "none");
  EXPECT_EQ(value(user_, "level"), "gold");
  EXPECT_EQ(value(user_, ""), "none") << "the deletion itself is no trait";
}

TEST_F(TraitChanges, ManyEntriesBecomeOne) {
  for (int i = 1; i <= 200; ++i) change(user_, TraitOp::kAdd, "visits", "1", i);
  EXPECT_EQ(value(user_, "visits"), "200");
  EXPECT_LE(graph_.number("SELECT count(*) FROM trait_entries"), 65);
  for (int i = 1; i <= 100; ++i)
    change(user_, TraitOp::kAppend, "cards", fmt::format("[\"{}\"]", i), i, true);
  EXPECT_TRUE(value(user_, "cards").starts_with(R"(["1","2",)"));
  EXPECT_TRUE(value(user_, "cards").ends_with(R"("99","100"])"));
  EXPECT_EQ(graph_.number("SELECT count(*) FROM trait_entries WHERE clear IS NOT NULL AND key = 'cards'"), 0)
      << "sealed all the way";
}

TEST_F(TraitChanges, EachSubjectKeepsItsOwnShareOfASum) {
  change(user_, TraitOp::kSet, "coins", "100", 10);
  change(phone_, TraitOp::kAdd, "coins", "5", 20);
  join();
  EXPECT_EQ(value({graph_.customer(IdentifierKind::kUserId, "u1")}, "coins"), "105");
  std::vector<Trait> of_phone;
  must(graph_.db().read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(of_phone, traits_.get(tx, std::vector{phone_}));
    return {};
  }));
  ASSERT_EQ(of_phone.size(), 1U);
  EXPECT_EQ(of_phone[0].value, "5");
}

TEST_F(TraitChanges, AScanSaysOfEachCustomerWhatAProfileSays) {
  graph_.resolve({{{{IdentifierKind::kUserId, "u2"}}}, {{{IdentifierKind::kUserId, "u3"}}}});
  const SubjectId second{graph_.customer(IdentifierKind::kUserId, "u2")},
      third{graph_.customer(IdentifierKind::kUserId, "u3")};
  change(user_, TraitOp::kSet, "coins", "100", 10);
  change(phone_, TraitOp::kAdd, "coins", "5", 20);
  change(second, TraitOp::kSet, "coins", "7", 10);
  change(second, TraitOp::kDelete, "", "", 11);
  change(third, TraitOp::kSet, "coins", "8", 10, true);
  change(third, TraitOp::kSet, "city", "Jinan", 10);
  join();
  const Rules rules;
  for (const std::size_t count : {1U, 2U, 100U}) {
    std::vector<TraitOf> found;
    std::optional<CustomerId> after = CustomerId{};
    must(graph_.db().read([&](ledger::Tx& tx) -> Result<void> {
      while (after) {
        CX_TRY(after, scan_trait(tx, rules, "coins", *after, count, found));
      }
      return {};
    }));
    ASSERT_EQ(found.size(), 2U) << count;
    EXPECT_EQ(found[0].customer.value, graph_.customer(IdentifierKind::kUserId, "u1"));
    EXPECT_EQ(found[0].trait.value, "105");
    EXPECT_EQ(found[1].customer.value, third.value);
    EXPECT_TRUE(found[1].trait.sensitive);
    EXPECT_EQ(found[1].trait.value, "") << "sealed";
  }
}

TEST(Survivors, TheOrderOfStatementsMakesNoDifference) {
  std::vector<Trait> stated{{"coins", "100", false, {1}, {10}},
                            {"coins", "7", false, {2}, {5}},
                            {"coins", "1", false, {1}, {20}, TraitOp::kAdd},
                            {"coins", "2", false, {2}, {8}, TraitOp::kAdd},
                            {"first", "a", false, {1}, {-30}},
                            {"first", "b", false, {2}, {20}, TraitOp::kSetOnce},
                            {"city", "x", false, {1}, {4}},
                            {"city", "", false, {2}, {6}}};
  std::ranges::sort(stated, {}, &Trait::value);
  const auto expected = newest(stated);
  ASSERT_EQ(expected.size(), 3U);
  EXPECT_EQ(expected[0].value, "") << "city was taken away";
  EXPECT_EQ(expected[1].value, "101");
  EXPECT_EQ(expected[2].value, "b");
  EXPECT_EQ(expected[2].at.ms, -20);
  for (int i = 0; i < 500 && std::ranges::next_permutation(stated, {}, &Trait::value).found; ++i)
    ASSERT_EQ(newest(stated), expected);
}

}  // namespace
}  // namespace zhike::identity
