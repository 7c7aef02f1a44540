#include "journey/funnel_marks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "journey/test_store.h"

namespace zhike::journey {
namespace {

struct Row {
  std::uint64_t customer;
  std::int64_t ms;
  std::uint8_t step;
  std::string group;
};

TestStore store_of(const std::vector<Row>& rows) {
  std::vector<std::string> written;
  for (const Row& row : rows) {
    warehouse::RowWriter out;
    out.u64(row.customer);
    out.i64(row.ms);
    out.u8(row.step);
    out.text(row.group);
    written.push_back(out.take());
  }
  return TestStore({"UInt64", "Int64", "UInt8", "String"}, std::move(written));
}

std::vector<Row> some(std::size_t count) {
  std::mt19937 dice(3);
  std::vector<Row> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({.customer = dice() % 40,
                   .ms = 1'767'225'600'000 + static_cast<std::int64_t>(dice() % 1'000),
                   .step = static_cast<std::uint8_t>(1 + dice() % 6),
                   .group = std::string(dice() % 3, 'g')});
  return out;
}

using Found = std::map<std::uint64_t, std::vector<FunnelMark>>;
Found found(TestStore& store, std::uint64_t held, std::vector<std::string>& groups) {
  Found out;
  std::mutex lock;
  const EachCustomer take = [&](std::uint64_t customer, std::span<const FunnelMark> marks) {
    const std::lock_guard guard(lock);
    EXPECT_TRUE(out.emplace(customer, std::vector<FunnelMark>(marks.begin(), marks.end())).second)
        << "a customer twice";
    EXPECT_TRUE(std::ranges::is_sorted(marks));
  };
  query::Prepared asked;
  const auto done = each_climber(store, asked, groups, std::array{take, take}, held);
  EXPECT_TRUE(done) << to_string(done.error());
  return out;
}

TEST(FunnelMarks, ComeByCustomerInOrderOfTime) {
  const std::vector<Row> rows = some(500);
  TestStore store = store_of(rows);
  std::vector<std::string> groups;
  const Found all = found(store, 1'000, groups);
  EXPECT_EQ(store.asked, 1);
  EXPECT_EQ(groups.size(), 3);
  std::size_t count = 0;
  for (const auto& [customer, marks] : all) count += marks.size();
  EXPECT_EQ(count, rows.size());
  for (const Row& row : rows) {
    const auto number = static_cast<std::uint16_t>(std::ranges::find(groups, row.group) - groups.begin());
    EXPECT_EQ(std::ranges::count(all.at(row.customer), FunnelMark{row.ms, row.step, number}),
              std::ranges::count_if(rows, [&](const Row& other) {
                return other.customer == row.customer && other.ms == row.ms && other.step == row.step &&
                       other.group == row.group;
              }));
  }
}

TEST(FunnelMarks, AreReadInPartsWhereTheyAreMany) {
  TestStore store = store_of(some(500));
  std::vector<std::string> once, parts;
  const Found whole = found(store, 1'000, once);
  const Found divided = found(store, 60, parts);
  EXPECT_GT(store.asked, 10);
  ASSERT_EQ(divided.size(), whole.size());
  for (const auto& [customer, marks] : whole) EXPECT_EQ(divided.at(customer).size(), marks.size());
}

TEST(FunnelMarks, SayWhatCannotBeHeldOrRead) {
  const std::array<EachCustomer, 1> nothing{[](std::uint64_t, std::span<const FunnelMark>) {}};
  std::vector<std::string> groups;
  query::Prepared asked;
  TestStore store = store_of(some(500));
  EXPECT_EQ(each_climber(store, asked, groups, nothing, 2).error().code, Code::kQueryTooLarge)
      << "one customer alone has more";
  store.is_torn = true;
  EXPECT_EQ(each_climber(store, asked, groups, nothing).error().code, Code::kWarehouseDown);
  std::vector<Row> many;
  for (std::uint64_t i = 0; i <= 1 << 16; ++i) many.push_back({i, 0, 1, std::to_string(i)});
  TestStore grouped = store_of(many);
  grouped.piece = 4'096;
  groups.clear();
  EXPECT_EQ(each_climber(grouped, asked, groups, nothing).error().code, Code::kQueryTooLarge);
}

}  // namespace
}  // namespace zhike::journey
