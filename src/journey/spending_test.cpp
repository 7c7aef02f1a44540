#include "journey/spending.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "govern/keys.h"
#include "ledger/test_folder.h"

namespace zhike::journey {
namespace {

TEST(SpendingFile, IsReadInAnyOrderAndSaysWhatIsWrong) {
  const auto file = parse_spending(
      "Spend,period,CHANNEL,currency,unit\n"
      "1200.5,2026-W09,tv,cny,\n"
      "0,2026-03,search,CNY,north\n"
      "-1,2026-03,search,CNY,south\n"
      "\"1,200\",2026-03,search,CNY,south\n"
      "5,2026-13,search,CNY,south\n"
      "5,2026-03,,CNY,south\n"
      "5,2026-03,search,yuan,south\n"
      "7,2026-W09,tv,CNY,\n"
      "nan,2026-03,search,CNY,south\n");
  ASSERT_TRUE(file) << to_string(file.error());
  ASSERT_EQ(file->good.size(), 2U);
  EXPECT_EQ(file->good[0].channel, "tv");
  EXPECT_EQ(file->good[0].currency, "CNY");
  EXPECT_EQ(to_string(file->good[0].days), "2026-02-23/2026-03-01");
  EXPECT_EQ(file->good[1].unit, "north");
  ASSERT_EQ(file->bad.size(), 7U);
  EXPECT_EQ(file->bad[0].line, 4U);
  EXPECT_NE(file->bad[5].what.find("twice"), std::string::npos) << file->bad[5].what;
}

TEST(SpendingFile, NeedsItsColumns) {
  for (const std::string_view text : {"", "channel,spend\ntv,1\n"}) {
    const auto none = parse_spending(text);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Code::kBadField);
  }
}

class SpendingBookTest : public testing::Test {
 protected:
  void SetUp() override {
    auto db =
        ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    ASSERT_TRUE(db) << to_string(db.error());
    db_ = std::move(*db);
    auto keys = govern::Keys::open(folder_.path / "keys");
    ASSERT_TRUE(keys) << to_string(keys.error());
    keys_ = std::move(*keys);
  }
  SpendingBook book() { return {*db_, govern::Audit(*keys_), clock_}; }
  static Spending one(std::string_view channel, std::string_view period, double amount,
                      std::string_view unit = {}) {
    return {.channel = std::string(channel),
            .unit = std::string(unit),
            .days = *parse_day_range(period),
            .amount = amount,
            .currency = "CNY"};
  }
  std::vector<Spending> all(const Grant& grant = Grant::owner()) {
    auto found = book().list(grant);
    EXPECT_TRUE(found);
    return found ? *found : std::vector<Spending>{};
  }

  TestFolder folder_;
  ManualClock clock_{Instant{1'780'000'000'000}};
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<govern::Keys> keys_;
};

TEST_F(SpendingBookTest, TheSameAgainIsReplacedAndOverlapsAreRefused) {
  const Grant owner = Grant::owner();
  ASSERT_TRUE(book().put(owner, {one("tv", "2026-W09", 5), one("tv", "2026-W10", 6)}, false));
  ASSERT_TRUE(book().put(owner, {one("tv", "2026-W10", 7), one("tv", "2026-W10", 1, "north")}, false));
  const auto known = all();
  ASSERT_EQ(known.size(), 3U);
  EXPECT_EQ(known[0], one("tv", "2026-W10", 7)) << "newest first";
  EXPECT_EQ(known[2], one("tv", "2026-W09", 5));
  const auto wrong = book().put(owner, {one("mail", "2026-03", 1), one("tv", "2026-03", 9)}, false);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kBadField);
  EXPECT_NE(wrong.error().detail.find("2026-02-23/2026-03-01"), std::string::npos) << wrong.error().detail;
  EXPECT_EQ(all(), known) << "all or none";
  ASSERT_TRUE(book().put(owner, {one("tv", "2026-03", 9)}, true));
  ASSERT_EQ(all().size(), 1U);
}

TEST_F(SpendingBookTest, AGrantOfSomeUnitsSeesAndReplacesThoseAlone) {
  ASSERT_TRUE(
      book().put(Grant::owner(), {one("tv", "2026-W09", 5), one("tv", "2026-W09", 6, "north")}, false));
  Grant north = Grant::owner();
  north.all_units = false;
  north.units = {"north"};
  ASSERT_EQ(all(north).size(), 1U);
  EXPECT_EQ(all(north)[0].amount, 6);
  for (const std::string_view unit : {"", "south"}) {
    const auto done = book().put(north, {one("tv", "2026-W10", 5, unit)}, false);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::kPermissionMissing);
  }
  ASSERT_TRUE(book().put(north, {}, true));
  ASSERT_EQ(all().size(), 1U) << "that of the whole stays";
  Grant viewer = Grant::owner();
  viewer.permissions = 1U << static_cast<unsigned>(Permission::kViewMetrics);
  EXPECT_FALSE(book().put(viewer, {}, false));
  EXPECT_EQ(all(viewer).size(), 1U);
}

}  // namespace
}  // namespace zhike::journey
