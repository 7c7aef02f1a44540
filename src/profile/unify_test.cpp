#include "profile/unify.h"

#include <gtest/gtest.h>

#include "profile/test_decider.h"

namespace zhike::profile {
namespace {

class UnifyTest : public testing::Test {
 protected:
  void SetUp() override {
    graph_.resolve({{{{IdentifierKind::kUserId, "u1"}, {IdentifierKind::kPhone, "13951234567"}}},
                    {{{IdentifierKind::kUserId, "u2"}}}});
    must(hot_->apply(BlockId{1}, {},
                     std::vector<ledger::HotChange>{{{1}, record("north", 3)}, {{3}, record("south", 4)}}));
  }
  static ledger::HotProfile record(std::string unit, std::uint64_t events) {
    ledger::HotProfile out;
    out.first_seen = {10};
    out.last_seen = {100};
    out.events = events;
    out.units = {std::move(unit)};
    return out;
  }
  template <class T>
  static T must(Result<T> result) {
    EXPECT_TRUE(result) << (result ? "" : to_string(result.error()));
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }
  [[nodiscard]] Unify unify() {
    return Unify({.hot = *hot_,
                  .graph = graph_.graph(),
                  .identity_db = graph_.db(),
                  .names = names_,
                  .client = *client_,
                  .decider = decider_,
                  .clock = Clock::system()});
  }
  static Grant seeing(std::string unit) {
    Grant grant = Grant::owner();
    grant.all_units = false;
    grant.units = {std::move(unit)};
    return grant;
  }

  identity::TestGraph graph_;
  identity::Traits traits_{graph_.keys()};
  Names names_{graph_.db(), traits_, graph_.graph()};
  TestFolder folder_;
  std::unique_ptr<ledger::Hot> hot_ =
      must(ledger::Hot::open({.file = folder_.path / "hot.db", .migrations = ZHIKE_MIGRATIONS "/hot"}));
  std::unique_ptr<warehouse::Client> client_ = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  AtOnce decider_{graph_};
};

TEST_F(UnifyTest, SaysWhatAMergeWouldChange) {
  const MergePreview preview = must(unify().preview_merge(Grant::owner(), {3}, {1}));
  ASSERT_EQ(preview.before.size(), 2U);
  EXPECT_EQ(preview.before[0].customer.value, 1U);
  EXPECT_EQ(preview.before[0].identifiers.size(), 2U);
  EXPECT_EQ(preview.before[0].identifiers[1].value.find("13951234567"), std::string::npos);
  EXPECT_EQ(preview.after.events, 7U);
  EXPECT_EQ(preview.after.identifiers.size(), 3U);
  EXPECT_EQ(preview.obstacle, "exclusive");
  EXPECT_EQ(must(unify().preview_merge(Grant::owner(), {2}, {1})).before.size(), 1U);  // one already
}

TEST_F(UnifyTest, MergesAndSplitsWithReasonAndScopeAlone) {
  const MergeWish wish{.left = {1}, .right = {3}, .reason = "same person", .force = true};
  Grant analyst = Grant::owner();
  analyst.permissions = 1U << static_cast<unsigned>(Permission::kViewCustomers);
  EXPECT_EQ(unify().merge(analyst, wish).error().code, Code::kPermissionMissing);
  EXPECT_EQ(unify().merge(seeing("north"), wish).error().code, Code::kNotFound);
  MergeWish silent = wish;
  silent.reason = "";
  EXPECT_EQ(unify().merge(Grant::owner(), silent).error().code, Code::kReasonMissing);
  MergeWish claimed = wish;
  claimed.evidence = identity::Evidence::kClaim;
  EXPECT_EQ(unify().merge(Grant::owner(), claimed).error().code, Code::kBadField);
  MergeWish careful = wish;
  careful.force = false;
  EXPECT_EQ(must(unify().merge(Grant::owner(), careful)).obstacle, "exclusive");
  EXPECT_EQ(graph_.customer(IdentifierKind::kUserId, "u2"), 3U);

  MergeWish reviewed = wish;
  reviewed.evidence = identity::Evidence::kReviewed;
  const auto merged = must(unify().merge(Grant::owner(), reviewed));
  EXPECT_EQ(graph_.customer(IdentifierKind::kUserId, "u2"), 1U);
  const Making making = must(unify().making(Grant::owner(), {3}));
  EXPECT_EQ(making.customer.value, 1U);
  EXPECT_EQ(making.identifiers.size(), 3U);
  ASSERT_EQ(making.history.joins.size(), 2U);
  EXPECT_EQ(making.history.joins[0].evidence, identity::Evidence::kReviewed);
  EXPECT_EQ(making.history.decisions.at(0).reason, "same person");

  EXPECT_EQ(unify().split(Grant::owner(), {1}, {}, "two people").error().code, Code::kBadField);
  EXPECT_EQ(unify().split(Grant::owner(), {1}, {999}, "two people").error().code, Code::kNotFound);
  EXPECT_EQ(unify().split(analyst, {1}, {merged.version}, "two people").error().code,
            Code::kPermissionMissing);
  EXPECT_EQ(unify().split(seeing("west"), {1}, {merged.version}, "two people").error().code, Code::kNotFound);
  const auto back = must(unify().split(Grant::owner(), {1}, {merged.version}, "two people"));
  EXPECT_EQ(back.customers.size(), 2U);
  EXPECT_EQ(graph_.customer(IdentifierKind::kUserId, "u2"), 3U);
  const Making after = must(unify().making(Grant::owner(), {1}));
  ASSERT_EQ(after.others.size(), 1U);  // whom it was joined with
  EXPECT_EQ(after.others[0].subject.value, 3U);
}

}  // namespace
}  // namespace zhike::profile
