#include "cli/panel_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <utility>

#include "base/ascii.h"
#include "base/time.h"
#include "clean/width.h"
#include "cli/number_files.h"
#include "ingest/row_reader.h"

namespace zhike::cli {
namespace {

using Kind = PeriodPoint::Kind;

constexpr std::size_t kProblemsNamed = 3;
constexpr std::int64_t kYearMin = 1900, kYearMax = 2199;
constexpr std::int64_t kThursday = 3;  // 1970-01-01 was one; weeks begin three days earlier

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_year(std::int64_t year) { return year >= kYearMin && year <= kYearMax; }

std::optional<PeriodPoint> month_of(std::string_view year, std::string_view month) {
  const auto y = whole(year), m = whole(month);
  if (!y || !m || !is_year(*y) || *m < 1 || *m > 12) return std::nullopt;
  return PeriodPoint{Kind::kMonth, *y * 12 + *m - 1};
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : (a - b + 1) / b; }

/// Monday-based weeks since that of 1970-01-01.
std::int64_t week_of(std::int64_t day) { return floor_div(day + kThursday, 7); }

std::optional<PeriodPoint> iso_week(std::string_view year, std::string_view week) {
  const auto y = whole(year), w = whole(week);
  if (!y || !w || !is_year(*y) || *w < 1 || *w > 53) return std::nullopt;
  using namespace std::chrono;
  const sys_days fourth(std::chrono::year(static_cast<int>(*y)) / January / 4);  // lies in week 1
  return PeriodPoint{Kind::kWeek, week_of(fourth.time_since_epoch().count()) + *w - 1};
}

PeriodPoint of_day(std::int64_t day, PeriodGrain grain) {
  using namespace std::chrono;
  const year_month_day date{sys_days(std::chrono::days(day))};
  const std::int64_t year = static_cast<int>(date.year());
  const std::int64_t month = year * 12 + static_cast<unsigned>(date.month()) - 1;
  switch (grain) {
    case PeriodGrain::kDay:
      return {Kind::kDay, day};
    case PeriodGrain::kWeek:
      return {Kind::kWeek, week_of(day)};
    case PeriodGrain::kMonth:
      return {Kind::kMonth, month};
    case PeriodGrain::kQuarter:
      return {Kind::kQuarter, floor_div(month, 3)};
    case PeriodGrain::kYear:
      break;
  }
  return {Kind::kYear, year};
}

/// Rows of one unit and period.
struct Sum {
  double total = 0;
  std::uint64_t count = 0;
};
using Cells = std::map<std::pair<std::string, std::int64_t>, std::vector<Sum>>;

struct Reading {
  PanelFile out;
  Cells cells;
  std::optional<Kind> kind;
};

void add_row(Reading& into, std::string_view unit, std::string_view period, PeriodGrain grain,
             std::span<const std::string_view> numbers) {
  if (unit.empty()) {
    ++into.out.no_unit;
    return;
  }
  const auto at = parse_period(period, grain);
  if (!at || (into.kind && at->kind != *into.kind)) {
    ++into.out.no_period;
    return;
  }
  into.kind = at->kind;
  auto& sums = into.cells[{std::string(unit), at->number}];
  sums.resize(numbers.size());
  for (std::size_t s = 0; s < numbers.size(); ++s) {
    if (numbers[s].empty()) {
      ++into.out.stages[s].empty;
      continue;
    }
    const auto value = ascii::parse_number<double>(numbers[s]);
    if (!value) {
      ++into.out.stages[s].not_numbers;
      continue;
    }
    sums[s].total += *value;
    ++sums[s].count;
  }
}

/// The table of values from what was added up.
Result<PanelFile> table_of(Reading&& read, std::span<const WantedStage> stages, std::string_view file) {
  PanelFile out = std::move(read.out);
  if (read.cells.empty())
    return fail(Code::kTooFewRows, "{}: none of {} rows has a unit and a period", file, out.rows);
  std::int64_t first = std::numeric_limits<std::int64_t>::max(),
               last = std::numeric_limits<std::int64_t>::min();
  for (const auto& [key, sums] : read.cells) {
    if (out.units.empty() || out.units.back() != key.first) out.units.push_back(key.first);
    first = std::min(first, key.second);
    last = std::max(last, key.second);
  }
  // The difference of two numbers of 64 bits may not be one.
  const double span = static_cast<double>(last) - static_cast<double>(first) + 1;
  if (span > static_cast<double>(kPeriodsMax) ||
      span * static_cast<double>(out.units.size()) > static_cast<double>(kCellsMax))
    return fail(Code::kBadFile,
                "{}: {} units over {:.0f} periods; at most {} periods and {} of both multiplied", file,
                out.units.size(), span, kPeriodsMax, kCellsMax);
  out.periods = static_cast<std::size_t>(last - first + 1);
  out.first = {*read.kind, first};
  out.last = {*read.kind, last};
  for (StageRead& stage : out.stages)
    stage.values.assign(out.units.size() * out.periods, std::numeric_limits<double>::quiet_NaN());
  std::size_t unit = 0;
  for (const auto& [key, sums] : read.cells) {
    if (out.units[unit] != key.first) ++unit;
    const std::size_t at = unit * out.periods + static_cast<std::size_t>(key.second - first);
    for (std::size_t s = 0; s < stages.size(); ++s) {
      if (sums[s].count == 0) continue;
      double value = stages[s].is_sum ? sums[s].total : sums[s].total / static_cast<double>(sums[s].count);
      if (stages[s].is_log && value <= 0) continue;
      if (stages[s].is_log) value = std::log(value);
      out.stages[s].values[at] = value;
      ++out.stages[s].known;
    }
  }
  return out;
}

}  // namespace

std::optional<PeriodGrain> parse_period_grain(std::string_view text) {
  constexpr std::array<std::string_view, 5> kNames{"day", "week", "month", "quarter", "year"};
  const auto at = std::ranges::find(kNames, text);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<PeriodGrain>(at - kNames.begin());
}

std::optional<PeriodPoint> parse_period(std::string_view text, PeriodGrain grain) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == text.size() && digits == 6)
    if (const auto month = month_of(text.substr(0, 4), text.substr(4))) return month;
  if (digits == text.size() && digits == 8)
    if (const auto day = parse_time(
            fmt::format("{}-{}-{}", text.substr(0, 4), text.substr(4, 2), text.substr(6)), Zone::utc()))
      return of_day(utc_day(*day), grain);
  if (const auto number = whole(text)) return PeriodPoint{Kind::kNumber, *number};
  if (digits != 4) return std::nullopt;
  const std::string_view year = text.substr(0, 4);
  std::string_view rest = text.substr(4);
  if (rest.starts_with('-') || rest.starts_with('/')) rest.remove_prefix(1);
  if (rest.starts_with('Q') || rest.starts_with('q')) {
    const auto quarter = whole(rest.substr(1)), y = whole(year);
    if (!quarter || *quarter < 1 || *quarter > 4 || !is_year(*y)) return std::nullopt;
    return PeriodPoint{Kind::kQuarter, *y * 4 + *quarter - 1};
  }
  if (rest.starts_with('W') || rest.starts_with('w')) return iso_week(year, rest.substr(1));
  if (rest.size() <= 2) return month_of(year, rest);
  std::string date(text);
  std::ranges::replace(date, '/', '-');
  const auto at = parse_time(date, Zone::utc());
  if (!at) return std::nullopt;
  return of_day(utc_day(*at), grain);
}

std::string to_string(const PeriodPoint& period) {
  using namespace std::chrono;
  const std::int64_t n = period.number;
  const auto date = [](std::int64_t day) {
    const year_month_day at{sys_days(std::chrono::days(day))};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(at.year()), static_cast<unsigned>(at.month()),
                       static_cast<unsigned>(at.day()));
  };
  switch (period.kind) {
    case Kind::kNumber:
    case Kind::kYear:
      return fmt::format("{}", n);
    case Kind::kDay:
      return date(n);
    case Kind::kWeek:
      return date(n * 7 - kThursday);
    case Kind::kMonth:
      return fmt::format("{:04}-{:02}", n / 12, n % 12 + 1);
    case Kind::kQuarter:
      return fmt::format("{:04}-Q{}", n / 4, n % 4 + 1);
  }
  return {};
}

std::optional<WantedStage> parse_wanted_stage(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == text.npos) return std::nullopt;
  WantedStage out{.name = std::string(text.substr(0, equals)), .column = {}};
  std::string_view rest = text.substr(equals + 1);
  const auto unwrap = [&](std::string_view word) {
    if (!rest.starts_with(word) || !rest.ends_with(')')) return false;
    rest = rest.substr(word.size(), rest.size() - word.size() - 1);
    return true;
  };
  out.is_log = unwrap("log(");
  out.is_sum = unwrap("sum(");
  if (!out.is_sum) unwrap("mean(");
  if (rest.empty()) return std::nullopt;
  out.column = rest;
  return out;
}

stats::Panel PanelFile::panel() const {
  stats::Panel out{.units = units.size(), .periods = periods, .stages = {}};
  for (const StageRead& stage : stages) out.stages.push_back({stage.name, stage.values});
  return out;
}

Result<PanelFile> read_panel(const std::filesystem::path& file, std::string_view unit_column,
                             std::string_view period_column, PeriodGrain grain,
                             std::span<const WantedStage> stages) {
  const ingest::FileRule rule;
  CX_TRY(const auto rows, open_table(file, rule));
  CX_TRY(const std::size_t unit, place_of_column(rows->header(), unit_column, file));
  CX_TRY(const std::size_t period, place_of_column(rows->header(), period_column, file));
  Reading read;
  std::vector<std::size_t> places;
  for (const WantedStage& stage : stages) {
    CX_TRY(const std::size_t place, place_of_column(rows->header(), stage.column, file));
    places.push_back(place);
    StageRead& made = read.out.stages.emplace_back();
    made.name = stage.name;
    made.column = clean::trim(rows->header()[place]);
  }
  std::vector<std::string_view> numbers(places.size());
  for (;;) {
    CX_TRY(const auto next, rows->next());
    if (next == ingest::RowReader::Next::kEnd) break;
    if (next == ingest::RowReader::Next::kBad) {
      if (++read.out.unreadable <= kProblemsNamed)
        read.out.notes.push_back(fmt::format("{} line {}: {}", file.string(), rows->line(), rows->problem()));
      continue;
    }
    ++read.out.rows;
    const auto cells = rows->cells();
    for (std::size_t s = 0; s < places.size(); ++s) numbers[s] = clean::trim(cells[places[s]]);
    add_row(read, clean::trim(cells[unit]), clean::trim(cells[period]), grain, numbers);
  }
  rows->add_notes(read.out.notes);
  return table_of(std::move(read), stages, file.string());
}

}  // namespace zhike::cli
