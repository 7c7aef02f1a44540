#include "feedback/customer_drivers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "feedback/customer_columns.h"
#include "warehouse/test_client.h"

namespace zhike::feedback {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Numbers from 0 to `levels` - 1, the same every time.
class Dice {
 public:
  double operator()(std::uint32_t levels) {
    state_ = state_ * 1103515245U + 12345U;
    return static_cast<double>((state_ >> 16U) % levels);
  }

 private:
  std::uint32_t state_ = 7;
};

/// Customers whose csat falls by one with each contact above two, and by nothing below; orders do nothing.
/// One in ten has no delivery, three in four no nps.
CustomerTable customers(std::size_t count) {
  CustomerTable out;
  for (const CustomerColumn& column : customer_columns()) out.keys.emplace_back(column.key);
  out.keys.emplace_back("trait.age");
  out.columns.assign(out.keys.size(), std::vector<double>(count, kNone));
  out.customers = count;
  Dice dice;
  const auto of = [&](std::string_view key) -> std::vector<double>& {
    return out.columns[static_cast<std::size_t>(std::ranges::find(out.keys, key) - out.keys.begin())];
  };
  for (std::size_t i = 0; i < count; ++i) {
    const double contacts = dice(5);
    of("contacts")[i] = contacts;
    of("orders")[i] = dice(4);
    of("spend")[i] = 0;  // never varies
    of("channels")[i] = 1 + dice(4);
    if (i % 10 != 0) of("delivery_days")[i] = dice(9);
    if (i % 4 == 0) of("nps")[i] = dice(11);
    of("csat")[i] = 5 - 2 * std::max(0.0, contacts - 2) + dice(2);
    of("trait.age")[i] = 20 + dice(50);
  }
  return out;
}

TEST(CustomerDrivers, BeginWithWhatVariesAndIsKnown) {
  const CustomerOutline outline = outline_of(customers(200), "csat");
  EXPECT_EQ(outline.usual.drivers,
            (std::vector<std::string>{"orders", "contacts", "channels", "delivery_days"}));
  EXPECT_EQ(outline.customers, 200);
  for (const ColumnState& state : outline.columns) {
    if (state.key == "nps") EXPECT_EQ(state.known, 50);
    if (state.key == "spend") EXPECT_TRUE(state.known == 200 && !state.varies);
    if (state.key == "sessions") EXPECT_EQ(state.known, 0);
  }
}

TEST(CustomerDrivers, FindWhatMovesTheAnswerAndItsKind) {
  const auto found = customer_drivers_of(customers(600), {.outcome = "csat", .drivers = {}});
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found->complete, 540);
  ASSERT_EQ(found->drivers[1], "contacts");
  const auto& weights = found->found.importance.relative_weights;
  for (std::size_t d = 0; d < weights.size(); ++d)
    if (d != 1) EXPECT_LT(10 * weights[d].value, weights[1].value) << found->drivers[d];
  EXPECT_LT(found->found.regression.drivers[1].certainty->interval.high, 0);
  // Few contacts please nobody more, many annoy.
  EXPECT_EQ(found->found.contrasts[1].kind, stats::DriverKind::kMustBe);
  EXPECT_FALSE(found->found.priorities);
  EXPECT_EQ(found->found.no_matrix, stats::NoMatrix::kScales);
}

TEST(CustomerDrivers, TakeTraitsAndRefuseWithTheReason) {
  const auto found = customer_drivers_of(customers(100), {.outcome = "csat", .drivers = {"trait.age"}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->found.no_matrix, stats::NoMatrix::kSingle);
  const auto few =
      customer_drivers_of(customers(100), {.outcome = "nps", .drivers = {"contacts", "delivery_days"}});
  EXPECT_EQ(few.error().code, Code::kTooFewRows);
  EXPECT_NE(few.error().detail.find("of 20 of 100 customers the outcome and all 2 drivers are known; 30 are "
                                    "needed; fewest have nps: 25"),
            std::string::npos)
      << few.error().detail;
  const auto flat = customer_drivers_of(customers(100), {.outcome = "csat", .drivers = {"spend"}});
  EXPECT_EQ(flat.error().code, Code::kBadDrivers);
  CustomerTable empty = customers(0);
  EXPECT_EQ(customer_drivers_of(empty, {.outcome = "csat", .drivers = {}}).error().code, Code::kBadDrivers);
}

TEST(CustomerDrivers, AskForWhatCameBeforeTheAnswer) {
  warehouse::Canned client;
  warehouse::Table money;
  for (const char* name : {"bucket", "grp", "currency", "n", "total", "squares"})
    money.columns.push_back({.name = name, .type = ""});
  money.rows = {{"1970-01-01", "", "CNY", 30, 600.0, 13000.0}};
  boost::json::array numbers(customer_columns().size() + 1, nullptr);
  numbers[1] = 4.0;
  client.answers = {money, warehouse::rows({{"7", numbers}})};
  const CustomerQuestion question{.filter = {.range = {{0}, {86'400'000}}},
                                  .choice = {.outcome = "csat", .drivers = {"trait.age"}},
                                  .traits = {{"trait.age", 5}}};
  const auto outline = customer_outline(client, Grant::owner(), question);
  ASSERT_TRUE(outline) << outline.error().detail;
  EXPECT_EQ(outline->customers, 1);
  EXPECT_EQ(outline->currency, "CNY");
  EXPECT_EQ(outline->columns[1].known, 1);
  ASSERT_EQ(client.asked.size(), 2);
  for (const char* part :
       {"until=csat;", "currency=CNY;", "sets=[5];", "orders=['order'];", "promise=on_time;"})
    EXPECT_NE(client.asked[1].find(part), std::string::npos) << part << " in " << client.asked[1];
}

TEST(CustomerDrivers, RefuseColumnsThatAreNoneOrTwice) {
  warehouse::Canned client;
  const auto refused = [&](DriverChoice choice) {
    return customer_outline(client, Grant::owner(), {.filter = {}, .choice = std::move(choice), .traits = {}})
        .error()
        .code;
  };
  EXPECT_EQ(refused({.outcome = "mood", .drivers = {}}), Code::kBadField);
  EXPECT_EQ(refused({.outcome = "csat", .drivers = {"csat"}}), Code::kBadField);
  EXPECT_EQ(refused({.outcome = {}, .drivers = {"orders", "orders"}}), Code::kBadField);
  EXPECT_EQ(refused({.outcome = {}, .drivers = {"trait.age"}}), Code::kBadField);
  EXPECT_EQ(refused({.outcome = {}, .drivers = std::vector<std::string>(21, "orders")}), Code::kBadField);
}

}  // namespace
}  // namespace zhike::feedback
