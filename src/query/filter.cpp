#include "query/filter.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace zhike::query {

namespace {

constexpr std::int64_t kDayMs = 86'400'000;

template <class Enum, std::size_t kCount>
using Names = std::array<std::pair<Enum, std::string_view>, kCount>;

constexpr Names<Field, 10> kFields{{{Field::kUnit, "unit"},
                                    {Field::kSource, "source"},
                                    {Field::kType, "type"},
                                    {Field::kName, "name"},
                                    {Field::kChannel, "channel"},
                                    {Field::kTouchpoint, "touchpoint"},
                                    {Field::kStage, "stage"},
                                    {Field::kInstrument, "instrument"},
                                    {Field::kCase, "case"},
                                    {Field::kScore, "score"}}};
constexpr Names<Op, 5> kOps{{{Op::kIn, "in"},
                             {Op::kNotIn, "not_in"},
                             {Op::kAtLeast, "at_least"},
                             {Op::kAtMost, "at_most"},
                             {Op::kExists, "exists"}}};
/// Those that no text of a catalogue or a query string names by themselves.
constexpr Names<Field, 3> kOfCustomers{
    {{Field::kVirtual, "virtual"}, {Field::kTrait, "trait"}, {Field::kCustomers, "customers"}}};
constexpr Names<Grain, 4> kGrains{
    {{Grain::kNone, "none"}, {Grain::kDay, "day"}, {Grain::kWeek, "week"}, {Grain::kMonth, "month"}}};
constexpr Names<By, 5> kBys{{{By::kNone, "none"},
                             {By::kChannel, "channel"},
                             {By::kTouchpoint, "touchpoint"},
                             {By::kStage, "stage"},
                             {By::kUnit, "unit"}}};
constexpr Names<Compare, 3> kCompares{
    {{Compare::kNone, "none"}, {Compare::kPrevious, "previous"}, {Compare::kYear, "year"}}};

template <class Enum, std::size_t kCount>
std::string_view name_of(const Names<Enum, kCount>& names, Enum value) noexcept {
  for (const auto& [key, name] : names)
    if (key == value) return name;
  return {};
}
template <class Enum, std::size_t kCount>
Result<Enum> find(const Names<Enum, kCount>& names, std::string_view text, Code code) {
  for (const auto& [key, name] : names)
    if (name == text) return key;
  return fail(code, "{}", text.substr(0, 60));
}

using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;
using std::chrono::year_month_day;

sys_days local_day(Instant at, const Zone& zone) {
  return floor<days>(
      std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(zone.to_local_ms(at))));
}

sys_days start_of(sys_days day, Grain grain) {
  switch (grain) {
    case Grain::kWeek:
      return day - (std::chrono::weekday(day) - std::chrono::Monday);
    case Grain::kMonth: {
      const year_month_day date(day);
      return sys_days(date.year() / date.month() / 1);
    }
    case Grain::kNone:
    case Grain::kDay:
      break;
  }
  return day;
}

sys_days next_of(sys_days start, Grain grain) {
  switch (grain) {
    case Grain::kWeek:
      return start + days(7);
    case Grain::kMonth: {
      const year_month_day date(start);
      return sys_days((date.year() / date.month() + std::chrono::months(1)) / 1);
    }
    case Grain::kNone:
    case Grain::kDay:
      break;
  }
  return start + days(1);
}

}  // namespace

std::string_view to_string(Field field) noexcept {
  const std::string_view name = name_of(kFields, field);
  return name.empty() ? name_of(kOfCustomers, field) : name;
}
std::string_view to_string(Op op) noexcept { return name_of(kOps, op); }
std::string_view to_string(Grain grain) noexcept { return name_of(kGrains, grain); }
std::string_view to_string(By by) noexcept { return name_of(kBys, by); }
Result<Field> parse_field(std::string_view text) { return find(kFields, text, Code::kUnknownField); }
Result<Op> parse_op(std::string_view text) { return find(kOps, text, Code::kUnknownOperator); }
Result<Grain> parse_grain(std::string_view text) { return find(kGrains, text, Code::kBadFilter); }
Result<By> parse_by(std::string_view text) { return find(kBys, text, Code::kBadFilter); }
Result<Compare> parse_compare(std::string_view text) { return find(kCompares, text, Code::kBadFilter); }

Expr is(Field field, std::vector<std::string> values) {
  return {.kind = Expr::Kind::kCondition,
          .condition = {.field = field, .op = Op::kIn, .values = std::move(values)}};
}
Expr at_least(double score) {
  return {.kind = Expr::Kind::kCondition,
          .condition = {.field = Field::kScore, .op = Op::kAtLeast, .number = score}};
}
Expr at_most(double score) {
  return {.kind = Expr::Kind::kCondition,
          .condition = {.field = Field::kScore, .op = Op::kAtMost, .number = score}};
}
Expr all(std::vector<Expr> parts) { return {.kind = Expr::Kind::kAll, .parts = std::move(parts)}; }
Expr any(std::vector<Expr> parts) { return {.kind = Expr::Kind::kAny, .parts = std::move(parts)}; }
Expr negate(Expr part) {
  Expr out{.kind = Expr::Kind::kNot};
  out.parts.push_back(std::move(part));
  return out;
}

Expr did(Expr part) {
  Expr out{.kind = Expr::Kind::kDid};
  out.parts.push_back(std::move(part));
  return out;
}
Expr among(std::uint64_t set, std::string group) {
  Expr out = is(Field::kCustomers, {std::to_string(set)});
  if (!group.empty()) out.condition.values.push_back(std::move(group));
  return out;
}

Grain grain_for(const Range& range) {
  const std::int64_t length = (range.to.ms - range.from.ms) / kDayMs;
  if (length <= 100) return Grain::kDay;
  return length <= 700 ? Grain::kWeek : Grain::kMonth;
}

Range compared(const Range& range, const Zone& zone, Compare with) {
  const std::int64_t from = zone.to_local_ms(range.from), to = zone.to_local_ms(range.to);
  if (with == Compare::kPrevious) return {zone.to_instant(from - (to - from)), range.from};
  if (with == Compare::kNone) return range;
  const auto year_before = [&](std::int64_t local_ms) {
    const std::int64_t day = local_ms >= 0 ? local_ms / kDayMs : (local_ms - kDayMs + 1) / kDayMs;
    const year_month_day date{sys_days(days(day))};
    // An impossible 29 February names the day after the 28th, as sys_days counts.
    const sys_days before((date.year() - std::chrono::years(1)) / date.month() / date.day());
    return zone.to_instant(before.time_since_epoch().count() * kDayMs + (local_ms - day * kDayMs));
  };
  return {year_before(from), year_before(to)};
}

std::vector<std::int32_t> buckets(const Range& range, const Zone& zone, Grain grain) {
  std::vector<std::int32_t> out;
  if (grain == Grain::kNone || range.to <= range.from) return out;
  const sys_days last = local_day(range.to - Millis{1}, zone);
  for (sys_days start = start_of(local_day(range.from, zone), grain); start <= last;
       start = next_of(start, grain))
    out.push_back(static_cast<std::int32_t>(start.time_since_epoch().count()));
  return out;
}

std::vector<std::int32_t> buckets(const Filter& filter, Grain grain) {
  std::vector<std::int32_t> out = buckets(filter.range, filter.zone, grain);
  for (const UnitZone& own : filter.own_zones) {
    const auto further = buckets(range_in(filter, own.zone), own.zone, grain);
    out.insert(out.end(), further.begin(), further.end());
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

Range range_in(const Filter& filter, const Zone& zone) {
  if (!filter.by_wall_clock) return filter.range;
  return {zone.to_instant(filter.zone.to_local_ms(filter.range.from)),
          zone.to_instant(filter.zone.to_local_ms(filter.range.to))};
}

}  // namespace zhike::query
