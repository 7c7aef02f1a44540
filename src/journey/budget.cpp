#include "journey/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

using stats::BudgetIssue;
using stats::Period;

constexpr std::int32_t kWeekDays = 7;
constexpr std::int64_t kDayMs = days(1).value;

std::int32_t week_start(std::int32_t day, std::chrono::weekday begins) {
  const std::chrono::weekday at{std::chrono::sys_days(std::chrono::days(day))};
  return day - static_cast<std::int32_t>((at - begins).count());
}

/// The first day that no entry covers; none: all are.
struct Uncovered {
  std::int32_t first = 0, days = 0;
};
Uncovered uncovered_of(std::vector<DayRange> entries) {
  std::ranges::sort(entries, {}, &DayRange::from);
  Uncovered out;
  std::int32_t until = entries.front().to;
  for (const DayRange& one : entries) {
    if (one.from > until + 1) {
      if (out.days == 0) out.first = until + 1;
      out.days += one.from - until - 1;
    }
    until = std::max(until, one.to);
  }
  return out;
}

std::vector<DayRange> whole_periods(const DayRange& span, const PeriodKind& kind) {
  std::vector<DayRange> out;
  DayRange at = period_of(span.from, kind);
  if (at.from < span.from) at = period_of(at.to + 1, kind);
  for (; at.to <= span.to; at = period_of(at.to + 1, kind)) out.push_back(at);
  return out;
}

/// Where a period begins to its place.
std::map<std::int32_t, std::size_t> places_of(const std::vector<DayRange>& periods) {
  std::map<std::int32_t, std::size_t> out;
  for (const DayRange& one : periods) out.emplace(one.from, out.size());
  return out;
}

/// What stands against dividing these into periods.
std::optional<stats::BudgetNote> objection(std::span<const Spending> spending, const PeriodKind& kind) {
  std::set<std::string_view> moneys;
  std::vector<DayRange> entries;
  for (const Spending& one : spending) {
    moneys.insert(one.currency);
    entries.push_back(one.days);
    if (one.days.to > period_of(one.days.from, kind).to)
      return stats::BudgetNote{
          .issue = BudgetIssue::kCoarse, .channel = one.channel, .other = to_string(one.days)};
  }
  if (entries.empty()) return stats::BudgetNote{.issue = BudgetIssue::kNoSpending};
  if (moneys.size() > 1)
    return stats::BudgetNote{.issue = BudgetIssue::kSeveralMoneys,
                             .value = static_cast<double>(moneys.size())};
  if (const Uncovered gap = uncovered_of(std::move(entries)); gap.days > 0)
    return stats::BudgetNote{
        .issue = BudgetIssue::kGap, .other = format_day(gap.first), .value = static_cast<double>(gap.days)};
  return std::nullopt;
}

}  // namespace

DayRange period_of(std::int32_t day, const PeriodKind& kind) {
  switch (kind.period) {
    case Period::kDay:
      return {day, day};
    case Period::kWeek: {
      const std::int32_t from = week_start(day, kind.begins);
      return {from, from + kWeekDays - 1};
    }
    case Period::kMonth:
      break;
  }
  return month_of_day(day);
}

Result<SpendTable> spend_table(std::span<const Spending> spending, const PeriodKind& kind,
                               const std::optional<DayRange>& days) {
  std::vector<Spending> within(spending.begin(), spending.end());
  if (days)
    std::erase_if(within,
                  [&](const Spending& one) { return one.days.to < days->from || one.days.from > days->to; });
  SpendTable out;
  if (auto wrong = objection(within, kind)) {
    out.refused.push_back(std::move(*wrong));
    return out;
  }
  out.currency = within.front().currency;
  DayRange span = within.front().days;
  std::map<std::string, std::vector<double>> by_channel;
  for (const Spending& one : within) {
    span = {std::min(span.from, one.days.from), std::max(span.to, one.days.to)};
    by_channel[one.channel];
  }
  if (days) span = {std::max(span.from, days->from), std::min(span.to, days->to)};
  out.periods = whole_periods(span, kind);
  if (by_channel.size() > stats::kBudgetChannelsMax)
    return fail(Code::kBadField, "{} channels; at most {}: put small ones together under one name",
                by_channel.size(), stats::kBudgetChannelsMax);
  if (out.periods.size() > stats::kBudgetPeriodsMax)
    return fail(Code::kBadField, "{} periods; at most {}: take longer ones or a shorter range",
                out.periods.size(), stats::kBudgetPeriodsMax);
  for (auto& [name, amounts] : by_channel) amounts.assign(out.periods.size(), 0.0);
  const auto place = places_of(out.periods);
  for (const Spending& one : within)
    if (const auto at = place.find(period_of(one.days.from, kind).from); at != place.end())
      by_channel[one.channel][at->second] += one.amount;
  for (auto& [name, amounts] : by_channel) out.channels.push_back({name, std::move(amounts)});
  return out;
}

// ---- a file ---------------------------------------------------------------------------------------------

namespace {

/// Days that stand for the period that they begin become that period.
Result<PeriodKind> settle_periods(std::vector<BudgetRow>& rows) {
  const auto all = [&](const auto& is) {
    return std::ranges::all_of(rows, [&](const BudgetRow& row) { return is(row.spending.days); });
  };
  const auto first = rows.front().spending.days;
  const PeriodKind weeks{
      .period = Period::kWeek,
      .begins = std::chrono::weekday{std::chrono::sys_days(std::chrono::days(first.from))}};
  const bool is_several =
      std::ranges::any_of(rows, [&](const BudgetRow& row) { return row.spending.days != first; });
  if (all([](const DayRange& at) { return at.days() == 1; })) {
    const bool are_weeks = all([&](const DayRange& at) { return (at.from - first.from) % kWeekDays == 0; });
    const bool are_months = all([](const DayRange& at) { return month_of_day(at.from).from == at.from; });
    const PeriodKind kind = !is_several  ? PeriodKind{.period = Period::kDay}
                            : are_months ? PeriodKind{.period = Period::kMonth}
                            : are_weeks  ? weeks
                                         : PeriodKind{.period = Period::kDay};
    for (BudgetRow& row : rows) row.spending.days = period_of(row.spending.days.from, kind);
    return kind;
  }
  if (all([&](const DayRange& at) { return at == period_of(at.from, weeks); })) return weeks;
  if (all([](const DayRange& at) { return at == month_of_day(at.from); }))
    return PeriodKind{.period = Period::kMonth};
  return fail(Code::kBadField, "line {}: {}; periods are all days, all weeks or all months",
              rows.front().line, to_string(first));
}

using Outcomes = std::map<std::int32_t, double>;  ///< by the first day of the row's period
Result<Outcomes> outcomes_of(const std::vector<BudgetRow>& rows) {
  Outcomes out;
  std::set<std::pair<std::int32_t, std::string_view>> seen;
  for (const BudgetRow& row : rows) {
    const DayRange& days = row.spending.days;
    if (!seen.emplace(days.from, row.spending.channel).second)
      return fail(Code::kBadField, "line {}: {} {} stands there twice", row.line, row.spending.channel,
                  to_string(days));
    if (!row.outcome) continue;
    const auto [known, is_new] = out.emplace(days.from, *row.outcome);
    if (!is_new && known->second != *row.outcome)
      return fail(Code::kBadField, "line {}: the outcome of {} is {}, above it was {}", row.line,
                  to_string(days), *row.outcome, known->second);
  }
  for (const BudgetRow& row : rows)
    if (!out.contains(row.spending.days.from))
      return fail(Code::kBadField, "line {}: {} has no outcome", row.line, to_string(row.spending.days));
  return out;
}

}  // namespace

std::optional<stats::Period> parse_budget_period(std::string_view text) {
  for (const Period one : {Period::kDay, Period::kWeek, Period::kMonth})
    if (stats::to_string(one) == text) return one;
  return std::nullopt;
}

Result<FileBudget> file_budget(std::vector<BudgetRow> rows, const std::optional<stats::Period>& wanted) {
  if (rows.empty()) return fail(Code::kBadField, "there are no rows");
  FileBudget out;
  CX_TRY(out.kind, settle_periods(rows));
  CX_TRY(const Outcomes outcomes, outcomes_of(rows));
  if (wanted && *wanted != out.kind.period) out.kind = {.period = *wanted};
  std::vector<Spending> spending;
  for (const BudgetRow& row : rows) spending.push_back(row.spending);
  CX_TRY(out.table, spend_table(spending, out.kind));
  const auto place = places_of(out.table.periods);
  out.outcome.assign(out.table.periods.size(), 0.0);
  for (const auto& [day, value] : outcomes)
    if (const auto at = place.find(period_of(day, out.kind).from); at != place.end())
      out.outcome[at->second] += value;
  return out;
}

// ---- the store ------------------------------------------------------------------------------------------

namespace {

/// Whether the condition is met by what is known of the unit alone; none: other things decide.
std::optional<bool> met(const query::Expr& expr, std::string_view unit) {
  using Kind = query::Expr::Kind;
  switch (expr.kind) {
    case Kind::kCondition: {
      const query::Condition& one = expr.condition;
      if (one.field != query::Field::kUnit) return std::nullopt;
      const bool is_in = std::ranges::find(one.values, unit) != one.values.end();
      return one.op == query::Op::kNotIn ? !is_in : is_in;
    }
    case Kind::kNot: {
      const auto part = met(expr.parts.front(), unit);
      return part ? std::optional(!*part) : std::nullopt;
    }
    case Kind::kDid:
      return std::nullopt;
    case Kind::kAll:
    case Kind::kAny:
      break;
  }
  const bool decides = expr.kind == Kind::kAny;  // one true part is enough; of kAll, one false
  bool is_open = false;
  for (const query::Expr& one : expr.parts) {
    const auto part = met(one, unit);
    if (part && *part == decides) return decides;
    is_open = is_open || !part;
  }
  return is_open ? std::nullopt : std::optional(!decides);
}

query::Grain grain_of(Period period) {
  switch (period) {
    case Period::kDay:
      return query::Grain::kDay;
    case Period::kWeek:
      return query::Grain::kWeek;
    case Period::kMonth:
      break;
  }
  return query::Grain::kMonth;
}

Result<const metric::Metric*> outcome_of(const BudgetQuestion& question) {
  CX_TRY(const auto found, metric::find(question.conversion.empty() ? question.outcome : "events"));
  if (found->estimator != metric::Estimator::kCount && found->estimator != metric::Estimator::kSum)
    return fail(Code::kBadField, "'outcome': {} neither counts nor sums up", found->key);
  return found;
}

std::int32_t local_day(const query::Filter& filter, Instant at) {
  const std::int64_t ms = filter.zone.to_local_ms(at);
  return static_cast<std::int32_t>(ms >= 0 ? ms / kDayMs : -1);
}

/// The days of the question of which all that happened is stored; none: there are none.
Result<std::optional<DayRange>> known_days(warehouse::Client& client, const Clock& clock, const Grant& grant,
                                           const query::Filter& filter) {
  CX_TRY(const query::Stored stored, query::stored(client, grant));
  if (!stored.oldest || !stored.newest) return std::nullopt;
  const Instant last = filter.range.to - Millis{1};
  const DayRange out{std::max(local_day(filter, filter.range.from), local_day(filter, *stored.oldest)),
                     std::min({local_day(filter, last), local_day(filter, *stored.newest),
                               local_day(filter, clock.now()) - 1})};
  if (out.from > out.to) return std::nullopt;
  return out;
}

}  // namespace

bool leaves_out(const query::Expr& where, std::string_view unit) {
  const auto found = met(where, unit);
  return found && !*found;
}

Result<StoredBudget> stored_budget(warehouse::Client& client, const SpendingBook& book, const Clock& clock,
                                   const Grant& grant, const BudgetQuestion& question) {
  StoredBudget out;
  CX_TRY(out.outcome, outcome_of(question));
  CX_TRY(std::vector<Spending> spending, book.list(grant));
  std::erase_if(spending, [&](const Spending& one) { return leaves_out(question.filter.where, one.unit); });
  CX_TRY(const auto known, known_days(client, clock, grant, question.filter));
  if (!known && !spending.empty()) {
    out.found.refused.push_back({.issue = BudgetIssue::kNoOutcome});
    return out;
  }
  CX_TRY(out.table, spend_table(spending, {.period = question.period}, known));
  if (!out.table.refused.empty() || out.table.periods.empty()) {
    out.found.refused = out.table.refused;
    if (out.found.refused.empty()) {
      constexpr std::size_t kFewest = 5;  // parameters: base, trend and one channel
      out.found.refused.push_back({.issue = BudgetIssue::kTooFewPeriods,
                                   .needed = static_cast<double>(kFewest * stats::kPeriodsPerParameter)});
    }
    return out;
  }
  metric::Question asked{.filter = question.filter, .grain = grain_of(question.period)};
  // Days as the clocks of the units show them, as in every question by days.
  asked.filter.range = {asked.filter.zone.to_instant(out.table.periods.front().from * kDayMs),
                        asked.filter.zone.to_instant((out.table.periods.back().to + 1) * kDayMs)};
  asked.filter.by_wall_clock = true;
  if (!question.conversion.empty())
    asked.filter.where =
        query::all({std::move(asked.filter.where), query::is(query::Field::kName, {question.conversion})});
  CX_TRY(const metric::Answer answer, metric::compute(client, grant, *out.outcome, asked));
  out.outcome_currency = answer.currency;
  stats::BudgetSeries series{.period = question.period, .channels = out.table.channels};
  const auto place = places_of(out.table.periods);
  series.outcome.assign(out.table.periods.size(), 0.0);
  for (const metric::Point& point : answer.series)
    if (const auto at = place.find(local_day(asked.filter, point.at)); at != place.end())
      series.outcome[at->second] = point.value.value.value_or(0);
  out.found = stats::budget_response(series, question.options);
  return out;
}

}  // namespace zhike::journey
