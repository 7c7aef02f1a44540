// Taking links back: by events, by people, and because an identifier is shared or proved to be another's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/history.h"
#include "identity/test_graph.h"

namespace zhike::identity {
namespace {

using enum IdentifierKind;
using testing::ElementsAre;
using testing::HasSubstr;

Identifier user(std::string id) { return {kUserId, std::move(id)}; }
Identifier mail(std::string id) { return {kEmail, std::move(id)}; }
Identifier phone(std::string id) { return {kPhone, std::move(id)}; }
Identifier browser(std::string id) { return {kAnonymousId, std::move(id)}; }

std::vector<std::uint64_t> ids(const std::vector<CustomerId>& customers) {
  std::vector<std::uint64_t> out;
  for (const CustomerId customer : customers) out.push_back(customer.value);
  return out;
}

TEST(Forest, TreesAndTheWayBetween) {
  const std::vector<SubjectId> all{{1}, {2}, {3}, {4}, {5}};
  const std::vector<Edge> edges{{10, {1}, {2}}, {11, {2}, {3}}, {12, {4}, {5}}, {13, {9}, {1}}};
  EXPECT_THAT(trees(all, edges, {}), ElementsAre(ElementsAre(SubjectId{1}, SubjectId{2}, SubjectId{3}),
                                                 ElementsAre(SubjectId{4}, SubjectId{5})));
  const std::vector<std::uint64_t> without{11, 12};
  EXPECT_THAT(trees(all, edges, without),
              ElementsAre(ElementsAre(SubjectId{1}, SubjectId{2}), ElementsAre(SubjectId{3}),
                          ElementsAre(SubjectId{4}), ElementsAre(SubjectId{5})));
  EXPECT_EQ(first_step({3}, {1}, edges)->version, 11U);
  EXPECT_EQ(first_step({1}, {3}, edges)->version, 10U);
  EXPECT_FALSE(first_step({1}, {5}, edges));
}

TEST(Unlink, TakesOneLinkBackAndNoOther) {
  TestGraph t;
  t.resolve({{{user("u1"), browser("b1"), phone("13912345678")}}, {{user("u1"), mail("a@b.io")}}});
  const Outcome out = t.resolve({{.identifiers = {user("u1"), phone("13912345678")}, .unlink = true}});
  EXPECT_EQ(out.resolved[0].customer.value, 1U);
  EXPECT_EQ(t.customer(kAnonymousId, "b1"), 1U);
  EXPECT_EQ(t.customer(kEmail, "a@b.io"), 1U);
  const std::uint64_t freed = t.customer(kPhone, "13912345678");
  EXPECT_NE(freed, 1U);
  ASSERT_EQ(out.rebuilds.size(), 2U);
  EXPECT_EQ(out.rebuilds[0].customer.value, 1U);
  EXPECT_EQ(out.rebuilds[0].subjects.size(), 3U);
  EXPECT_THAT(out.rebuilds[1].subjects, ElementsAre(SubjectId{freed}));
  // The next owner of the number, and the first one again.
  t.resolve({{{user("u2"), phone("13912345678")}}});
  EXPECT_EQ(t.customer(kPhone, "13912345678"), t.customer(kUserId, "u2"));
  t.reopen();
  t.resolve({{.identifiers = {phone("13912345678")}, .unlink = true}});  // from whomever it belongs to
  EXPECT_EQ(t.customer(kPhone, "13912345678"), freed);
  EXPECT_TRUE(
      t.resolve({{.identifiers = {user("u9"), mail("no@body.io")}, .unlink = true}}).rebuilds.empty());
  EXPECT_EQ(t.customer(kEmail, "no@body.io"), 0U);  // nothing was known of it, and nothing is now
  t.resolve({{{user("u9"), mail("no@body.io")}}});
  EXPECT_EQ(t.customer(kEmail, "no@body.io"), t.customer(kUserId, "u9"));
}

TEST(Decisions, AMergeAndItsSplitAreExact) {
  TestGraph t;
  t.resolve({{{user("u1"), mail("a@b.io")}}, {{user("u2"), phone("13912345678")}}});
  const Decided refused = TestGraph::must(t.merge(1, 3));
  EXPECT_EQ(refused.version, 0U);
  EXPECT_EQ(refused.obstacle, "exclusive");  // two user ids of one source
  EXPECT_THAT(ids(refused.customers), ElementsAre(1U, 3U));
  const Decided merged = TestGraph::must(t.merge(4, 2, true));
  EXPECT_THAT(ids(merged.customers), ElementsAre(1U));
  ASSERT_EQ(t.outcome.merges.size(), 1U);
  EXPECT_EQ(t.outcome.merges[0].absorbed.value, 3U);
  EXPECT_EQ(TestGraph::must(t.merge(1, 3)).version, 0U);  // they are one already
  t.resolve({{{user("u2"), browser("b2")}}});             // arrives in between
  EXPECT_EQ(t.customer(kAnonymousId, "b2"), 1U);
  const Decided back = TestGraph::must(t.split({merged.version}));
  EXPECT_THAT(ids(back.customers), ElementsAre(1U, 3U));
  EXPECT_EQ(t.customer(kAnonymousId, "b2"), 3U);
  EXPECT_EQ(t.outcome.rebuilds.size(), 2U);
  EXPECT_EQ(TestGraph::must(t.split({merged.version})).version, 0U);  // a repeat
  EXPECT_EQ(t.split({999}).error().code, Code::kNotFound);
  EXPECT_EQ(t.merge(1, 999).error().code, Code::kNotFound);
  // History is kept: the map has both versions.
  EXPECT_EQ(t.number("SELECT count(*) FROM subject_map WHERE subject = 3"), 2);
}

// What is kept of customers follows their subjects: those that one left are told, too.
TEST(History, TellsEveryCustomerThatASubjectBelongedTo) {
  TestGraph t;
  t.resolve({{{user("u1"), mail("a@b.io")}}, {{phone("13912345678")}}});
  const std::uint64_t number = t.customer(kPhone, "13912345678");
  t.resolve({{{user("u1"), phone("13912345678")}}});
  EXPECT_EQ(t.customer(kPhone, "13912345678"), 1U);
  t.resolve({{.identifiers = {user("u1"), phone("13912345678")}, .unlink = true}});
  EXPECT_EQ(t.customer(kPhone, "13912345678"), number);
  const std::vector<SubjectId> asked{{number}, {77}};
  std::vector<CustomerId> found;
  TestGraph::must(t.db().read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(found, customers_ever(tx, asked));
    return {};
  }));
  EXPECT_THAT(ids(found), testing::UnorderedElementsAre(number, 1U, number, 77U));
}

TEST(Decisions, WhoWasSeparatedStaysApartUntilSomebodyJoinsThemAgain) {
  TestGraph t;
  t.resolve({{{mail("a@b.io"), phone("13912345678")}}});
  const auto history = [&] {
    History out;
    TestGraph::must(t.db().read([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(out, identity::history(tx, {1}, 100));
      return {};
    }));
    return out;
  };
  const History before = history();
  ASSERT_EQ(before.joins.size(), 1U);
  EXPECT_EQ(before.joins[0].evidence, Evidence::kClaim);
  TestGraph::must(t.split({before.joins[0].version}));
  const Outcome again = t.resolve({{{mail("a@b.io"), phone("13912345678")}}});
  EXPECT_EQ(again.conflicts, 1U);
  EXPECT_NE(t.customer(kPhone, "13912345678"), t.customer(kEmail, "a@b.io"));
  const History after = history();
  ASSERT_EQ(after.decisions.size(), 1U);
  EXPECT_EQ(after.decisions[0].kind, DecisionKind::kSplit);
  EXPECT_EQ(after.decisions[0].reason, "two people");
  EXPECT_EQ(after.joins[0].undone, after.decisions[0].version);
  ASSERT_EQ(after.conflicts.size(), 1U);
  EXPECT_EQ(after.conflicts[0].reason, ConflictReason::kKeptApart);
  EXPECT_EQ(TestGraph::must(t.merge(1, 2)).obstacle, "kept_apart");
  TestGraph::must(t.merge(1, 2, true));
  EXPECT_EQ(t.customer(kPhone, "13912345678"), 1U);
  EXPECT_EQ(t.resolve({{{mail("a@b.io"), phone("13912345678")}}}).conflicts, 0U);
}

TEST(Decisions, WhatWasRefusedMeanwhileIsJoinedAfterTheSplit) {
  TestGraph t;
  t.resolve({{{user("u1")}}, {{user("u2")}}, {{phone("13912345678")}}});
  const Decided merged = TestGraph::must(t.merge(1, 3));  // u1 and the phone
  for (const char* id : {"u2", "u3", "u4"}) t.resolve({{{user(id), phone("13912345678")}}});
  EXPECT_EQ(t.number("SELECT shared <> 0 FROM subjects WHERE kind = 3"), 1);  // it looks shared by now
  EXPECT_EQ(t.customer(kPhone, "13912345678"), 3U);
  TestGraph::must(t.split({merged.version}));
  // Without the merge, u2 would have been the first to have it, and u3 and u4 two refusals.
  EXPECT_EQ(t.customer(kPhone, "13912345678"), t.customer(kUserId, "u2"));
  EXPECT_EQ(t.number("SELECT shared <> 0 FROM subjects WHERE kind = 3"), 0);
  EXPECT_EQ(t.number("SELECT count(*) FROM conflicts"), 2);
}

TEST(Decisions, ASharedValueIsCalledSoByAPerson) {
  TestGraph t;
  t.resolve({{{user("u1"), phone("13912345678")}}});
  TestGraph::must(t.decide({.act = Decision::Act::kShare, .left = {2}, .actor = {5}, .reason = "hotel"}));
  EXPECT_NE(t.customer(kPhone, "13912345678"), 1U);
  t.resolve({{{user("u1"), phone("13912345678")}}});
  EXPECT_NE(t.customer(kPhone, "13912345678"), 1U);
}

Rules changed(IdentifierKind kind, KindRule (*change)(KindRule)) {
  Rules rules = Rules::defaults();
  KindRule& rule = rules.kinds[static_cast<std::size_t>(kind) - 1];
  rule = change(rule);
  return rules;
}

TEST(Verified, AnUnverifiedValueJoinsNoTwoAndItsOwnerGetsIt) {
  TestGraph t;
  t.graph().use(std::make_shared<const Rules>(changed(kEmail, [](KindRule rule) {
    rule.joins = Joins::kVerified;
    return rule;
  })));
  t.resolve({{{user("u1"), mail("x@b.io")}}});  // typed into a form
  EXPECT_EQ(t.customer(kEmail, "x@b.io"), 1U);
  const Outcome other = t.resolve({{{phone("13912345678"), mail("x@b.io")}}});
  EXPECT_EQ(other.conflicts, 1U);
  EXPECT_NE(t.customer(kPhone, "13912345678"), 1U);
  EXPECT_EQ(t.number("SELECT reason FROM conflicts"), 4);
  // u2 clicked the link in a message to it.
  t.resolve({{.identifiers = {user("u2"), mail("x@b.io")}, .verified = kind_bit(kEmail)}});
  EXPECT_EQ(t.customer(kEmail, "x@b.io"), t.customer(kUserId, "u2"));
  EXPECT_EQ(t.number("SELECT count(*) FROM decisions WHERE kind = 5"), 1);
  const auto known = TestGraph::must(t.graph().identifiers_of({t.customer(kUserId, "u2")}));
  ASSERT_EQ(known.size(), 2U);
  EXPECT_TRUE(known[1].verified);
  EXPECT_FALSE(known[0].verified);
  // Nobody takes it away without proof.
  t.resolve({{{user("u3"), mail("x@b.io")}}});
  EXPECT_EQ(t.customer(kEmail, "x@b.io"), t.customer(kUserId, "u2"));
}

TEST(Consent, WithoutItNothingIsLinked) {
  TestGraph t;
  const Outcome out = t.resolve({{.identifiers = {user("u1"), browser("b1")}, .linkable = false}});
  EXPECT_EQ(out.resolved[0].customer.value, t.customer(kUserId, "u1"));
  EXPECT_EQ(t.customer(kAnonymousId, "b1"), 0U);
  t.resolve({{{user("u1"), browser("b1")}}});
  EXPECT_EQ(t.customer(kAnonymousId, "b1"), t.customer(kUserId, "u1"));
}

}  // namespace
}  // namespace zhike::identity
