// Brands: what is taken, what is refused, and that nothing is lost between two who change them.
#include "reputation/brands.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "govern/keys.h"
#include "ledger/test_folder.h"

namespace zhike::reputation {
namespace {

Brand brand(std::string key, std::string name, std::vector<std::string> names = {}) {
  return {.key = std::move(key), .name_en = std::move(name), .names = std::move(names)};
}

std::string_view refused(std::vector<Brand> brands, Weights weights = {}) {
  const auto made = BrandBook::make(std::move(brands), weights, 1);
  return made ? "taken" : info(made.error().code).id;
}

TEST(BrandBook, FindsNamesAndDeclarations) {
  Brand east = brand("mu", "China Eastern", {"东航", "MU airlines"});
  east.name_zh = "中国东方航空";
  const auto book = BrandBook::make({east, brand("united", "United")}, {}, 1);
  ASSERT_TRUE(book) << to_string(book.error());
  EXPECT_EQ(book->mentioned("坐东航还是united？", ""), 3U);
  EXPECT_EQ(book->mentioned("中国东方航空晚点", ""), 1U);
  EXPECT_EQ(book->mentioned("late again", "UNITED"), 2U) << "declared by name";
  EXPECT_EQ(book->mentioned("late again", "mu"), 1U) << "declared by key";
  EXPECT_EQ(book->mentioned("mu mu", ""), 0U) << "a key is no name";
  EXPECT_EQ(book->mentioned("late again", "nobody"), 0U);
  EXPECT_EQ(book->find("united"), 1U);
  EXPECT_FALSE(book->find("delta"));
}

TEST(BrandBook, RefusesWhatCannotBeTold) {
  EXPECT_EQ(refused({brand("a", "A"), brand("b", "B")}), "taken");
  EXPECT_EQ(refused({brand("", "A")}), "bad_field");
  EXPECT_EQ(refused({brand("a", "")}), "bad_field");
  EXPECT_EQ(refused({brand("a", "A"), brand("a", "B")}), "bad_field") << "a key twice";
  EXPECT_EQ(refused({brand("a", "US Air"), brand("b", "B", {"us-air"})}), "bad_field") << "a name of two";
  EXPECT_EQ(refused({brand("a", "A", {"---"})}), "bad_field") << "nothing to find";
  EXPECT_EQ(refused({brand("a", "A", {std::string(201, 'x')})}), "bad_field");
  EXPECT_EQ(refused({brand("a", "A", {"x\ny"})}), "bad_field");
  Brand both = brand("a", "A");
  both.exclusions = {"a"};
  EXPECT_EQ(refused({both}), "bad_field") << "a name and an exclusion";
  EXPECT_EQ(refused(std::vector<Brand>(51, brand("a", "A"))), "bad_field");
  EXPECT_EQ(refused({}, {.followers = -1}), "bad_field");
  EXPECT_EQ(refused({}, {.shares = 2e6}), "bad_field");
}

class BrandsTest : public testing::Test {
 protected:
  void SetUp() override {
    keys_ = *govern::Keys::open(folder_.path / "keys");
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    audit_ = std::make_unique<govern::Audit>(*keys_);
  }
  std::unique_ptr<Brands> open() { return *Brands::open(*db_, *audit_, clock_); }

  TestFolder folder_;
  ManualClock clock_{{1'700'000'000'000}};
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<govern::Audit> audit_;
};

TEST_F(BrandsTest, ArePutAsAWholeAndKept) {
  const auto brands = open();
  EXPECT_EQ(brands->current()->version(), 0U);
  Brand ours = brand("ours", "Ours", {"we", "我们家"});
  ours.is_own = true;
  ours.exclusions = {"ours is"};
  const Weights weights{.followers = 0.5, .likes = 1, .comments = 2, .shares = 10};
  const std::vector<Brand> wanted{ours, brand("b", "B")};
  ASSERT_TRUE(brands->put(Grant::owner(), wanted, weights, 0));
  ASSERT_TRUE(brands->put(Grant::owner(), wanted, weights, 1));
  for (const auto& book : {brands->current(), open()->current()}) {
    EXPECT_EQ(book->version(), 2U);
    EXPECT_EQ(book->brands(), wanted);
    EXPECT_EQ(book->weights(), weights);
  }
  EXPECT_EQ(brands->put(Grant::owner(), {}, {}, 1).error().code, Code::kLedgerConflict);
  EXPECT_EQ(brands->put(Grant::owner(), {brand("", "")}, {}, 2).error().code, Code::kBadField);
  EXPECT_EQ(open()->current()->brands(), wanted) << "a refusal changes nothing";
  Grant viewer = Grant::owner();
  viewer.permissions = 1U << static_cast<unsigned>(Permission::kViewMetrics);
  EXPECT_EQ(brands->put(viewer, {}, {}, 2).error().code, Code::kPermissionMissing);
  std::vector<govern::AuditEntry> log;
  ASSERT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(log, audit_->list(tx, 0, 10));
    return {};
  }));
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[0].action, "brands_changed");
  EXPECT_EQ(log[0].detail, "ours, b");
}

}  // namespace
}  // namespace zhike::reputation
