// Kinds of journeys: what is shipped, what is refused, and that nothing is lost between two who change them.
#include "journey/definitions.h"

#include <gtest/gtest.h>

#include <filesystem>
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

TEST(Definitions, NameTheFaultOfEachField) {
  using Why = DefinitionFault::Why;
  EXPECT_TRUE(faults_of(definition("loan")).empty());
  Definition wrong = definition("");
  wrong.name_en = wrong.name_zh = "";
  wrong.starts = {"a", "b", "a"};
  wrong.ends = {"x\ny"};
  wrong.stages = std::vector<std::string>(51, "s");
  wrong.steps = {"only"};
  wrong.moments = {std::string(61, 'm')};
  wrong.gap_days = 366;
  wrong.owners = {{"use", ""}};
  EXPECT_EQ(faults_of(wrong), (std::vector<DefinitionFault>{{"key", Why::kMissing, ""},
                                                            {"name_en", Why::kMissing, ""},
                                                            {"starts", Why::kTwice, "a"},
                                                            {"ends", Why::kControl, ""},
                                                            {"stages", Why::kTooMany, ""},
                                                            {"steps", Why::kOutOfRange, ""},
                                                            {"moments", Why::kTooLong, ""},
                                                            {"gap_days", Why::kOutOfRange, ""},
                                                            {"owners", Why::kMissing, ""}}));
  EXPECT_EQ(to_string(Why::kOutOfRange), "out_of_range");
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

/// A ledger of the version before owners had a table of their own is brought up to date.
TEST(StageOwners, MoveOutOfTheColumnOfStages) {
  const TestFolder folder;
  const std::filesystem::path migrations = folder.path / "migrations";
  std::filesystem::create_directories(migrations);
  const auto copy = [&](bool newer) {
    for (const auto& file : std::filesystem::directory_iterator(ZHIKE_MIGRATIONS "/ledger"))
      if ((file.path().filename().string() >= "0023") == newer)
        std::filesystem::copy_file(file.path(), migrations / file.path().filename());
  };
  const auto opened = [&] {
    return *ledger::Db::open({.file = folder.path / "ledger.db", .migrations = migrations});
  };
  copy(false);
  {
    const auto db = opened();
    ASSERT_TRUE(db->write([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(tx.sql("INSERT INTO journey_settings (id, version, changed) VALUES (1, 3, 0)").run());
      for (const auto& [key, stages] :
           {std::pair<const char*, const char*>{"a", "consider\nuse\n\tuse\tCare, 客服部\n\tconsider\tSales"},
            std::pair<const char*, const char*>{"b", "\tuse\tCare"},
            std::pair<const char*, const char*>{"c", "buy"}, std::pair<const char*, const char*>{"d", ""}}) {
        CX_TRY(tx.sql("INSERT INTO journey_definitions (key, position, name_en, name_zh, starts, ends, "
                      "stages, steps, "
                      "moments, gap_days) VALUES ($1, 0, 'N', '', '', '', $2, '', '', 7)")
                   .bind(1, key)
                   .bind(2, stages)
                   .run());
      }
      return {};
    }));
  }
  copy(true);
  const auto keys = *govern::Keys::open(folder.path / "keys");
  const auto db = opened();
  const ManualClock clock{{0}};
  const auto book = Definitions(*db, govern::Audit(*keys), clock).current();
  ASSERT_TRUE(book);
  using Texts = std::vector<std::string>;
  using Owners = std::vector<StageOwner>;
  EXPECT_EQ(book->version, 3U);
  EXPECT_EQ(book->find("a")->stages, (Texts{"consider", "use"}));
  EXPECT_EQ(book->find("a")->owners, (Owners{{"use", "Care, 客服部"}, {"consider", "Sales"}}));
  EXPECT_EQ(book->find("b")->stages, Texts{});
  EXPECT_EQ(book->find("b")->owners, (Owners{{"use", "Care"}}));
  EXPECT_EQ(book->find("c")->stages, Texts{"buy"});
  EXPECT_TRUE(book->find("c")->owners.empty());
  EXPECT_TRUE(book->find("d")->stages.empty());
}

}  // namespace
}  // namespace zhike::journey
