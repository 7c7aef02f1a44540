#include "desk/report.h"

#include <gtest/gtest.h>

#include "desk/satisfaction.h"

namespace zhike::desk {
namespace {

const Instant kStart = *parse_time("2026-03-01T00:00:00Z", Zone::utc());
Instant after_hours(std::int64_t n) { return kStart + hours(n); }

Complaint one(std::uint64_t id, std::int64_t opened, std::optional<std::int64_t> resolved,
              std::string category) {
  Complaint out{.id = {id}, .channel = "phone", .category = std::move(category)};
  out.opened = after_hours(opened);
  out.accept_due = out.opened + hours(4);
  out.due = out.opened + hours(24);
  if (!resolved) return out;
  out.accepted = out.opened + hours(1);
  out.resolved = after_hours(*resolved);
  out.state = State::kResolved;
  return out;
}
void close(Complaint& complaint, std::int64_t at, CauseClass cause, std::string why) {
  complaint.closed = after_hours(at);
  complaint.state = State::kClosed;
  complaint.cause_class = cause;
  complaint.cause = std::move(why);
}

class ReportTest : public testing::Test {
 protected:
  ComplaintReport report(std::int64_t now, int days = 1) {
    std::vector<CustomerId> customers(all_.complaints.size());
    for (std::size_t i = 0; i < customers.size(); ++i) customers[i] = customers_[i];
    return report_of(all_, customers, {.from = kStart, .now = after_hours(now), .days = days});
  }
  void add(Complaint complaint, std::uint64_t customer) {
    if (complaint.resolved) all_.first_resolved.emplace(complaint.id, *complaint.resolved);
    all_.complaints.push_back(std::move(complaint));
    customers_.push_back({customer});
  }
  Complaints::Everything all_;
  std::vector<CustomerId> customers_;
};

// By hand: one in time, one late, one open and late, one whose clock still runs.
TEST_F(ReportTest, TellsWhatIsInTimeAndWhatIsNot) {
  add(one(1, 0, 10, "delivery.late"), 1);
  add(one(2, 0, 30, "delivery.late"), 2);
  add(one(3, 0, std::nullopt, "price"), 3);
  add(one(4, 90, std::nullopt, "price"), 4);
  const auto found = report(100);
  EXPECT_EQ(found.opened, 4U);
  EXPECT_EQ(found.open, 2U);
  EXPECT_EQ(found.overdue, 1U);
  EXPECT_EQ(found.in_time.n, 3U);
  EXPECT_EQ(found.in_time.hits, 1U);
  EXPECT_NEAR(*found.in_time.low, 0.0615, 1e-4);  // Wilson, 1 of 3
  EXPECT_NEAR(*found.in_time.high, 0.7923, 1e-4);
  EXPECT_EQ(found.accepted_in_time.n, 4U) << "the fourth was to be accepted at hour 94";
  EXPECT_EQ(found.accepted_in_time.hits, 2U);
  // 10 and 30 ended; 10 and 100 are open: S(10) = 3/4 (the ending comes first), S(30) = 3/8.
  EXPECT_EQ(found.recovery.ended, 2U);
  EXPECT_EQ(found.recovery.half.value, 30);
  EXPECT_FALSE(found.recovery.nine_tenths.value.has_value());
  EXPECT_EQ(found.categories[0].key, "delivery.late");
  EXPECT_EQ(found.categories[0].count, 2U);
  EXPECT_EQ(found.without_cause, 4U);
  EXPECT_TRUE(found.pareto.empty());
}

TEST_F(ReportTest, FindsRepeatsOfTheSameCustomerAndCategory) {
  add(one(1, 0, 10, "price"), 1);     // again at 20: not right
  add(one(2, 20, 30, "price"), 1);    // nothing more: right
  add(one(3, 0, 10, "price"), 2);     // another category at 12: right
  add(one(4, 12, 13, "service"), 2);  // reopened: not right
  all_.complaints.back().reopened = 1;
  add(one(5, 0, 10, "price"), 0);   // nobody known: cannot be told
  add(one(6, 95, 96, "price"), 3);  // a day is not over yet
  for (Complaint& complaint : all_.complaints)
    close(complaint, (complaint.resolved->ms - kStart.ms) / 3'600'000 + 1, CauseClass::kSystem, "x");
  const auto found = report(100);
  EXPECT_EQ(found.first_time_right.n, 4U);
  EXPECT_EQ(found.first_time_right.hits, 2U);
  EXPECT_EQ(found.recurrence.n, 4U);
  EXPECT_EQ(found.recurrence.hits, 1U);
  EXPECT_EQ(found.reopened, 1U);
  EXPECT_EQ(report(100, 30).recurrence.n, 0U);
  EXPECT_FALSE(report(100, 30).recurrence.value.has_value());
}

TEST_F(ReportTest, LooksForRepeatsBeyondTheRange) {
  add(one(1, 0, 10, "price"), 1);
  close(all_.complaints[0], 10, CauseClass::kValue, "a");
  add(one(2, 20, std::nullopt, "price"), 1);
  const auto found = report_of(all_, customers_, {.to = after_hours(5), .now = after_hours(100), .days = 1});
  EXPECT_EQ(found.opened, 1U);
  EXPECT_EQ(found.recurrence.hits, 1U);
}

TEST_F(ReportTest, PutsCausesInOrderAndAddsThemUp) {
  const struct {
    CauseClass of;
    const char* cause;
    int n;
  } causes[] = {{CauseClass::kPeople, "tone", 1},
                {CauseClass::kSystem, "courier", 6},
                {CauseClass::kValue, "courier", 3}};
  std::uint64_t id = 0;
  for (const auto& cause : causes)
    for (int i = 0; i < cause.n; ++i) {
      ++id;
      add(one(id, 0, 1, "price"), id);
      close(all_.complaints.back(), 2, cause.of, cause.cause);
    }
  const auto found = report(10);
  ASSERT_EQ(found.pareto.size(), 3U);
  EXPECT_EQ(found.pareto[0].cause_class, CauseClass::kSystem);
  EXPECT_DOUBLE_EQ(found.pareto[0].share, 0.6);
  EXPECT_DOUBLE_EQ(found.pareto[1].cumulative, 0.9);
  EXPECT_DOUBLE_EQ(found.pareto[2].cumulative, 1.0);
  EXPECT_EQ(found.causes[0].key, "system");
}

TEST_F(ReportTest, KeepsCurrenciesApart) {
  add(one(1, 0, 10, "price"), 1);
  add(one(2, 0, 10, "price"), 2);
  const Currency cny = *parse_currency("CNY"), usd = *parse_currency("USD");
  all_.costs = {
      {{1}, {500, cny}, false}, {{1}, {100, usd}, false}, {{2}, {700, cny}, false}, {{2}, {900, cny}, true}};
  const auto found = report(100);
  ASSERT_EQ(found.costs.size(), 2U);
  EXPECT_EQ(found.costs[0].given, 1200);
  EXPECT_EQ(found.costs[0].waiting, 900);
  EXPECT_EQ(found.costs[0].complaints, 2U);
  EXPECT_EQ(found.costs[1].given, 100);
}

TEST_F(ReportTest, IsEmptyWithoutComplaints) {
  const auto found = report(1);
  EXPECT_EQ(found.opened, 0U);
  EXPECT_FALSE(found.in_time.value.has_value());
  EXPECT_FALSE(found.recovery.half.value.has_value());
}

// By hand: differences 2 and 1, so 1.5; Student's t with one degree of freedom.
TEST(Satisfaction, ComparesEachCustomerWithHimself) {
  const auto score = [](std::int64_t at, double value) { return ScoredAt{"csat", after_hours(at), value}; };
  const std::vector<Recovered> recovered{
      {after_hours(10),
       after_hours(20),
       {score(1, 1), score(2, 2), score(15, 1), score(30, 4), score(40, 1)}},
      {after_hours(10), after_hours(20), {score(9, 3), score(21, 4)}},
      {after_hours(10), after_hours(20), {score(9, 3)}},
      {after_hours(10), after_hours(20), {score(21, 5)}},
      {after_hours(24 * 365), after_hours(24 * 365 + 1), {score(1, 1), score(24 * 366, 5)}}};
  const auto found = compare_scores(recovered);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].pairs, 2U);
  EXPECT_DOUBLE_EQ(found[0].before, 2.5);
  EXPECT_DOUBLE_EQ(found[0].after, 4);
  EXPECT_DOUBLE_EQ(found[0].difference, 1.5);
  EXPECT_NEAR(*found[0].low, 1.5 - 12.7062 * 0.5, 1e-3);
  EXPECT_NEAR(*found[0].high, 1.5 + 12.7062 * 0.5, 1e-3);
  EXPECT_TRUE(compare_scores({}).empty());
}

}  // namespace
}  // namespace zhike::desk
