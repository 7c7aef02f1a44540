// Benchmarks as a file has them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <memory>

#include "base/ascii.h"
#include "clean/width.h"
#include "feedback/benchmarks.h"
#include "ingest/csv.h"

namespace zhike::feedback {
namespace {

constexpr std::size_t kWordMax = 200;
using Days = std::pair<std::int32_t, std::int32_t>;

std::optional<int> digits(std::string_view text, std::size_t count) {
  int out = 0;
  if (text.size() != count) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || text[0] == '-') return std::nullopt;
  return out;
}

std::optional<std::int32_t> day_of(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1970 || year > 2199 || !date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::optional<Days> months_of(int year, int first, int count) {
  const auto from = day_of(year, first, 1);
  const int next = first + count;
  const auto to = next > 12 ? day_of(year + 1, next - 12, 1) : day_of(year, next, 1);
  if (!from || !to) return std::nullopt;
  return Days{*from, *to - 1};
}

/// 2026, 2026-Q1, 2026-03, 2026-03-07, FIRST/LAST of any of them.
std::optional<Days> period_of(std::string_view text) {
  if (const auto slash = text.find('/'); slash != text.npos) {
    const auto first = period_of(text.substr(0, slash)), last = period_of(text.substr(slash + 1));
    if (!first || !last || first->first > last->second) return std::nullopt;
    return Days{first->first, last->second};
  }
  const auto year = digits(text.substr(0, 4), 4);
  if (!year) return std::nullopt;
  if (text.size() == 4) return months_of(*year, 1, 12);
  if (text[4] != '-') return std::nullopt;
  const std::string_view rest = text.substr(5);
  if (rest.size() == 2 && (rest[0] == 'Q' || rest[0] == 'q') && rest[1] >= '1' && rest[1] <= '4')
    return months_of(*year, (rest[1] - '1') * 3 + 1, 3);
  const auto month = digits(rest.substr(0, 2), 2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  if (rest.size() == 2) return months_of(*year, *month, 1);
  if (rest.size() != 5 || rest[2] != '-') return std::nullopt;
  const auto day = digits(rest.substr(3), 2);
  const auto found = day ? day_of(*year, *month, *day) : std::nullopt;
  if (!found) return std::nullopt;
  return Days{*found, *found};
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// "76 %" is 0.76.
std::optional<double> value_of(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  const auto value = number_of(text);
  return value && percent ? std::optional(*value / 100) : value;
}

constexpr std::array<std::string_view, 6> kColumns{"metric", "period", "value", "n", "source", "sd"};
enum Place : std::size_t { kMetric, kPeriod, kValue, kN, kSource, kSd };
using Places = std::array<std::optional<std::size_t>, kColumns.size()>;

Result<Places> places_of(const std::vector<std::string>& header) {
  Places out;
  for (std::size_t wanted = 0; wanted < kColumns.size(); ++wanted)
    for (std::size_t c = 0; c < header.size(); ++c)
      if (ascii::lower(clean::trim(header[c])) == kColumns[wanted]) out[wanted] = c;
  for (const Place needed : {kMetric, kPeriod, kValue, kSource})
    if (!out[needed]) return fail(Code::kBadField, "the column '{}' is missing", kColumns[needed]);
  return out;
}

/// What is wrong with it; empty: nothing.
std::string read_row(const std::array<std::string, kColumns.size()>& cells, Benchmark& out) {
  out.metric = ascii::lower(cells[kMetric]);
  out.period = cells[kPeriod];
  out.source = cells[kSource];
  if (out.metric.empty() || out.metric.size() > kWordMax) return "metric";
  if (out.source.empty() || out.source.size() > kWordMax) return "source";
  const auto period = period_of(out.period);
  if (!period) return fmt::format("period: {}", out.period.substr(0, kWordMax));
  out.from_day = period->first;
  out.to_day = period->second;
  const auto value = value_of(cells[kValue]);
  const auto scale = scale_of(out.metric);
  const double least = scale && scale->measure == Measure::kNps     ? -100
                       : scale && scale->measure == Measure::kShare ? 0
                       : scale                                      ? scale->min
                                                                    : -1e6;
  const double most = scale && scale->measure == Measure::kNps     ? 100
                      : scale && scale->measure == Measure::kShare ? 1
                      : scale                                      ? scale->max
                                                                   : 1e6;
  if (!value || *value < least || *value > most)
    return fmt::format("value: {} is not a number from {} to {}", cells[kValue].substr(0, kWordMax), least,
                       most);
  out.value = *value;
  if (!cells[kN].empty()) {
    const auto n = number_of(cells[kN]);
    if (!n || *n < 0 || *n > 1e12 || *n != std::floor(*n))
      return fmt::format("n: {}", cells[kN].substr(0, kWordMax));
    out.n = static_cast<std::uint64_t>(*n);
  }
  if (!cells[kSd].empty()) {
    out.spread = number_of(cells[kSd]);
    if (!out.spread || *out.spread < 0) return fmt::format("sd: {}", cells[kSd].substr(0, kWordMax));
  }
  return {};
}

}  // namespace

Result<BenchmarkFile> parse_benchmarks(std::string_view csv) {
  CX_TRY(const auto reader, ingest::CsvReader::open(ingest::TextSource::of(std::string(csv))));
  CX_TRY(const Places places, places_of(reader->header()));
  BenchmarkFile out;
  for (;;) {
    CX_TRY(const auto next, reader->next());
    if (next == ingest::CsvReader::Next::kEnd) return out;
    if (next == ingest::CsvReader::Next::kBad) {
      out.bad.push_back({.line = reader->line(), .what = reader->problem()});
      continue;
    }
    std::array<std::string, kColumns.size()> cells;
    for (std::size_t c = 0; c < cells.size(); ++c)
      if (places[c]) cells[c] = clean::trim(reader->cells()[*places[c]]);
    Benchmark one;
    if (std::string wrong = read_row(cells, one); !wrong.empty())
      out.bad.push_back({.line = reader->line(), .what = std::move(wrong)});
    else
      out.good.push_back(std::move(one));
    if (out.good.size() > kBenchmarksMax) return fail(Code::kBadField, "more than {} rows", kBenchmarksMax);
  }
}

}  // namespace zhike::feedback
