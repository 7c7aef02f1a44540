#include "govern/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/test_folder.h"

namespace zhike::govern {
namespace {

using testing::ElementsAre;

class UnitsTest : public testing::Test {
 protected:
  void SetUp() override {
    keys_ = std::move(*Keys::open(folder_.path / "keys"));
    audit_.emplace(*keys_);
    db_ = std::move(
        *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    open();
  }
  void open() { units_ = std::move(*Units::open(*db_, *audit_, clock_, *Zone::find("Asia/Shanghai"))); }
  std::optional<Code> code(const std::vector<Unit>& changes) {
    const auto done = units_->put({}, changes);
    return done ? std::nullopt : std::optional(done.error().code);
  }

  TestFolder folder_;
  ManualClock clock_{Instant{1'700'000'000'000}};
  std::unique_ptr<Keys> keys_;
  std::optional<Audit> audit_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Units> units_;
};

TEST_F(UnitsTest, ZonesAreInheritedAndEverythingSurvivesARestart) {
  ASSERT_TRUE(
      units_->put({}, {{.key = "europe", .name_en = "Europe", .name_zh = "欧洲", .zone = "Europe/Berlin"},
                       {.key = "paris", .name_en = "Paris", .parent = "europe"},
                       {.key = "london", .parent = "europe", .zone = "Europe/London"},
                       {.key = "east", .name_zh = "华东"}}));
  for (int i = 0; i < 2; ++i) {
    const auto tree = units_->current();
    EXPECT_EQ(tree->zone_of("paris").name(), "Europe/Berlin");
    EXPECT_EQ(tree->zone_of("london").name(), "Europe/London");
    EXPECT_EQ(tree->zone_of("east").name(), "Asia/Shanghai");
    EXPECT_EQ(tree->zone_of("never heard of").name(), "Asia/Shanghai");
    ASSERT_NE(tree->find("europe"), nullptr);
    EXPECT_EQ(tree->find("europe")->name_zh, "欧洲");
    EXPECT_EQ(tree->find("nowhere"), nullptr);
    open();
  }
}

TEST_F(UnitsTest, AUnitMeansThoseBelowIt) {
  ASSERT_TRUE(units_->put({}, {{.key = "world", .name_en = "World"},
                               {.key = "europe", .parent = "world"},
                               {.key = "paris", .parent = "europe"},
                               {.key = "tokyo", .parent = "world"}}));
  const std::vector<std::string> asked{"europe", "unlisted", "europe"};
  EXPECT_THAT(units_->current()->with_below(asked), ElementsAre("europe", "paris", "unlisted"));
  Grant grant;
  grant.units = {"world"};
  EXPECT_THAT(units_->widened(grant).units, ElementsAre("europe", "paris", "tokyo", "world"));
  grant.units = {"paris"};
  EXPECT_THAT(units_->widened(grant).units, ElementsAre("paris"));
  EXPECT_TRUE(units_->widened(Grant{}).units.empty()) << "no unit stays no unit";
}

TEST_F(UnitsTest, WhatDoesNotFitChangesNothing) {
  ASSERT_TRUE(units_->put({}, {{.key = "a", .name_en = "A"}, {.key = "b", .parent = "a"}}));
  EXPECT_EQ(code({{.key = "", .name_en = "x"}}), Code::kBadUnit);
  EXPECT_EQ(code({{.key = std::string(121, 'k'), .name_en = "x"}}), Code::kBadUnit);
  EXPECT_EQ(code({{.key = "c", .name_en = std::string(201, 'n')}}), Code::kBadUnit);
  EXPECT_EQ(code({{.key = "c", .name_en = "line\nbreak"}}), Code::kBadUnit);
  EXPECT_EQ(code({{.key = "c", .parent = "nobody"}}), Code::kBadUnit);
  EXPECT_EQ(code({{.key = "a", .parent = "b"}}), Code::kBadUnit) << "a circle";
  EXPECT_EQ(code({{.key = "a", .parent = "a"}}), Code::kBadUnit);
  EXPECT_EQ(code({{.key = "c", .name_en = "C"}, {.key = "c", .name_en = "D"}}), Code::kBadUnit);
  EXPECT_EQ(code({{.key = "c", .zone = "Mars/Olympus"}}), Code::kUnknownZone);
  EXPECT_EQ(code({{.key = "good", .name_en = "G"}, {.key = "c", .parent = "nobody"}}), Code::kBadUnit);
  EXPECT_EQ(code({{.key = "a"}}), Code::kBadUnit) << "b still belongs to it";
  EXPECT_EQ(units_->current()->list().size(), 2U);
  open();
  EXPECT_EQ(units_->current()->list().size(), 2U);
}

TEST_F(UnitsTest, AUnitThatSaysNothingIsForgotten) {
  ASSERT_TRUE(units_->put({}, {{.key = "a", .name_en = "A"}}));
  ASSERT_TRUE(units_->put({}, {{.key = "a"}}));
  EXPECT_EQ(units_->current()->find("a"), nullptr);
  ASSERT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto entries, audit_->list(tx, 0, 10));
    EXPECT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].action, "units_changed");
    return {};
  }));
}

}  // namespace
}  // namespace zhike::govern
