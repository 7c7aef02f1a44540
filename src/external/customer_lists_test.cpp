// Kept lists of customers: what is kept, who sees it, and that it ends.
#include "external/customer_lists.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "govern/keys.h"
#include "ledger/test_folder.h"

namespace zhike::external {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

Grant grant_of(std::vector<std::string> units, std::uint64_t user, std::vector<Permission> permissions) {
  Grant out{.user = {user}, .permissions = 0, .all_units = false, .units = std::move(units)};
  for (const Permission one : permissions) out.permissions |= 1U << static_cast<unsigned>(one);
  return out;
}

class CustomerListsTest : public testing::Test {
 protected:
  void SetUp() override {
    keys_ = *govern::Keys::open(folder_.path / "keys");
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    lists_ = std::make_unique<CustomerLists>(*db_, govern::Audit(*keys_), clock_);
  }
  static CustomerListWish wish(std::string name, std::vector<CustomerId> customers = {{3}, {1}, {3}}) {
    return {.name = std::move(name), .customers = std::move(customers)};
  }
  Code refused(CustomerListWish wrong) {
    const auto done = lists_->make(Grant::owner(), std::move(wrong));
    return done ? Code::kInternal : done.error().code;
  }

  TestFolder folder_;
  ManualClock clock_{{1'700'000'000'000}};
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<CustomerLists> lists_;
};

TEST_F(CustomerListsTest, HoldEachCustomerOnceAndEnd) {
  const auto made = lists_->make(Grant::owner(), wish("停在购物车"));
  ASSERT_TRUE(made) << to_string(made.error());
  EXPECT_EQ(made->size, 2U);
  EXPECT_EQ(made->expires.ms - made->made.ms, 90 * kDayMs);
  EXPECT_EQ(*lists_->subjects(Grant::owner(), "停在购物车"), (std::vector<SubjectId>{{1}, {3}}));
  EXPECT_EQ(lists_->find(Grant::owner(), made->id.str())->name, "停在购物车") << "by its id as well";
  EXPECT_EQ(refused(wish("停在购物车")), Code::kLedgerConflict);
  clock_.advance({90 * kDayMs - 1});
  EXPECT_EQ(lists_->list(Grant::owner())->size(), 1U);
  clock_.advance({1});
  EXPECT_TRUE(lists_->list(Grant::owner())->empty());
  EXPECT_EQ(lists_->subjects(Grant::owner(), "停在购物车").error().code, Code::kNotFound);
  ASSERT_TRUE(lists_->make(Grant::owner(), wish("停在购物车"))) << "the name of one that ended is free";
  std::int64_t parts = 0;
  ASSERT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT count(*) FROM customer_list_parts");
    CX_TRY(row.step());
    parts = row.i64(0);
    return {};
  }));
  EXPECT_EQ(parts, 1) << "who was on the one that ended is gone";
}

TEST_F(CustomerListsTest, KeepLargeListsWhole) {
  std::vector<CustomerId> customers;
  for (std::uint64_t i = 0; i < 20'000; ++i) customers.push_back({(i << 40U) + 1});
  ASSERT_TRUE(lists_->make(Grant::owner(), wish("large", customers)));
  const auto found = lists_->subjects(Grant::owner(), "large");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), customers.size());
  for (std::size_t i = 0; i < customers.size(); ++i) ASSERT_EQ((*found)[i].value, customers[i].value);
}

TEST_F(CustomerListsTest, RefuseWhatIsNoList) {
  EXPECT_EQ(refused(wish("")), Code::kBadField);
  EXPECT_EQ(refused(wish("a\nb")), Code::kBadField);
  EXPECT_EQ(refused(wish(std::string(121, 'x'))), Code::kBadField);
  EXPECT_EQ(refused(wish("empty", {})), Code::kBadField);
  CustomerListWish endless = wish("endless");
  endless.days = 731;
  EXPECT_EQ(refused(endless), Code::kBadField);
}

TEST_F(CustomerListsTest, AreSeenWithinTheUnitsTheyWereMadeFrom) {
  using enum Permission;
  const Grant north = grant_of({"north"}, 7, {kViewCustomers}),
              both = grant_of({"north", "south"}, 8, {kViewCustomers});
  const Grant numbers = grant_of({"north"}, 9, {kViewMetrics});
  ASSERT_TRUE(lists_->make(Grant::owner(), wish("whole")));
  const auto of_north = lists_->make(north, wish("north"));
  ASSERT_TRUE(of_north);
  ASSERT_TRUE(lists_->make(both, wish("both")));
  EXPECT_EQ(lists_->list(Grant::owner())->size(), 3U);
  EXPECT_EQ(lists_->list(both)->size(), 2U);
  EXPECT_EQ(lists_->list(north)->size(), 1U);
  EXPECT_EQ(lists_->subjects(north, "whole").error().code, Code::kNotFound);
  EXPECT_EQ(lists_->list(numbers).error().code, Code::kPermissionMissing);
  EXPECT_TRUE(find_list(*db_, numbers, "north", clock_.now())) << "a filter shows nobody";
  EXPECT_EQ(find_list(*db_, numbers, "both", clock_.now()).error().code, Code::kNotFound);
  EXPECT_EQ(lists_->make(numbers, wish("n")).error().code, Code::kPermissionMissing);
  EXPECT_EQ(lists_->remove(both, of_north->id).error().code, Code::kPermissionMissing) << "not theirs";
  ASSERT_TRUE(lists_->remove(north, of_north->id));
  EXPECT_EQ(lists_->remove(north, of_north->id).error().code, Code::kNotFound);
  std::vector<govern::AuditEntry> log;
  ASSERT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(log, govern::Audit(*keys_).list(tx, 0, 10));
    return {};
  }));
  ASSERT_EQ(log.size(), 4U);
  EXPECT_EQ(log.front().action, "customer_list_removed");
  EXPECT_EQ(log.front().target, "customer_list/" + of_north->id.str());
  EXPECT_EQ(log.back().detail, "2 customers") << "no name of a list in the log";
}

}  // namespace
}  // namespace zhike::external
