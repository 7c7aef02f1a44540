// Kinds of journeys: what is shipped, what is refused, and that nothing is lost between two who change them.
#include "journey/definitions.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "govern/keys.h"
#include "ledger/test_folder.h"

namespace zhike::journey {
namespace {

Definition definition(std::string key) {
  return {.key = std::move(key),
          .name_en = "Loan",
          .name_zh = "贷款申请",
          .starts = {"application"},
          .ends = {"decision", "withdrawal"},
          .stages = {"consider"},
          .steps = {"application", "documents", "decision"},
          .moments = {"decision"},
          .gap_days = 30,
          .owners = {{"consider", "Sales"}, {"use", "Care, 客服部"}}};
}
std::string_view refused(Definition wrong) {
  const auto done = check({std::move(wrong)});
  return done ? "taken" : info(done.error().code).id;
}

TEST(ShippedDefinitions, AreWholeAndInOrder) {
  const auto& all = shipped_definitions();
  ASSERT_TRUE(check(all));
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all.front().key, "purchase");
  EXPECT_EQ(all.front().ends, std::vector<std::string>{"order"});
  EXPECT_EQ(all.back().key, "onboarding");
}

TEST(Definitions, RefuseWhatCannotBeACase) {
  EXPECT_EQ(refused(definition("loan")), "taken");
  EXPECT_EQ(refused(definition("")), "bad_field");
  const auto with = [](auto change) {
    Definition out = definition("loan");
    change(out);
    return refused(out);
  };
  EXPECT_EQ(with([](Definition& of) { of.name_en.clear(); }), "taken") << "one name is enough";
  EXPECT_EQ(with([](Definition& of) { of.name_en = of.name_zh = ""; }), "bad_field");
  EXPECT_EQ(with([](Definition& of) { of.name_en = std::string(201, 'x'); }), "bad_field");
  EXPECT_EQ(with([](Definition& of) { of.gap_days = 0; }), "bad_field");
  EXPECT_EQ(with([](Definition& of) { of.gap_days = 366; }), "bad_field");
  EXPECT_EQ(with([](Definition& of) { of.steps = {"application"}; }), "bad_field") << "no funnel of one";
  EXPECT_EQ(with([](Definition& of) { of.starts = {"a", "a"}; }), "bad_field");
  EXPECT_EQ(with([](Definition& of) { of.ends = {"a\nb"}; }), "bad_field");
  EXPECT_EQ(with([](Definition& of) { of.owners = {{"use", ""}}; }), "bad_field");
  EXPECT_EQ(with([](Definition& of) { of.owners = {{"use", "a\tb"}}; }), "bad_field");
  EXPECT_EQ(with([](Definition& of) { of.owners = {{"use", "a"}, {"use", "b"}}; }), "bad_field");
  EXPECT_EQ(with([](Definition& of) { of.stages = {}; }), "taken") << "owners of any stage";
  EXPECT_FALSE(check({definition("loan"), definition("loan")})) << "a key twice";
  EXPECT_FALSE(check(std::vector<Definition>(51, definition("loan"))));
}

class DefinitionsTest : public testing::Test {
 protected:
  void SetUp() override {
    keys_ = *govern::Keys::open(folder_.path / "keys");
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    audit_ = std::make_unique<govern::Audit>(*keys_);
  }
  Definitions open() { return {*db_, *audit_, clock_}; }

  TestFolder folder_;
  ManualClock clock_{{1'700'000'000'000}};
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<govern::Audit> audit_;
};

TEST_F(DefinitionsTest, ArePutAsAWholeAndKept) {
  Definitions kept = open();
  EXPECT_EQ(kept.current()->version, 0U);
  EXPECT_EQ(kept.current()->items, shipped_definitions());
  Definition open_ended{.key = "all", .name_en = "All"};
  const std::vector<Definition> wanted{definition("loan"), open_ended};
  ASSERT_TRUE(kept.put(Grant::owner(), wanted, 0));
  for (const auto& book : {kept.current(), open().current()}) {
    ASSERT_TRUE(book);
    EXPECT_EQ(book->version, 1U);
    EXPECT_EQ(book->items, wanted);
    ASSERT_NE(book->find("loan"), nullptr);
    EXPECT_EQ(book->find("purchase"), nullptr);
  }
  EXPECT_EQ(kept.put(Grant::owner(), {}, 0).error().code, Code::kLedgerConflict);
  EXPECT_EQ(kept.put(Grant::owner(), {definition("")}, 1).error().code, Code::kBadField);
  EXPECT_EQ(open().current()->items, wanted) << "a refusal changes nothing";
  Grant viewer = Grant::owner();
  viewer.permissions = 1U << static_cast<unsigned>(Permission::kViewMetrics);
  EXPECT_EQ(kept.put(viewer, {}, 1).error().code, Code::kPermissionMissing);
  ASSERT_TRUE(kept.put(Grant::owner(), {}, 1));
  EXPECT_TRUE(open().current()->items.empty()) << "none is an answer, not the shipped ones";
  std::vector<govern::AuditEntry> log;
  ASSERT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(log, audit_->list(tx, 0, 10));
    return {};
  }));
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log.back().action, "journeys_changed");
}

}  // namespace
}  // namespace zhike::journey
