// Benchmarks as a file has them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>

#include "base/ascii.h"
#include "base/day_range.h"
#include "clean/width.h"
#include "feedback/benchmarks.h"
#include "ingest/csv.h"

namespace zhike::feedback {
namespace {

constexpr std::size_t kWordMax = 200;

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
  const auto period = parse_day_range(out.period);
  if (!period) return fmt::format("period: {}", out.period.substr(0, kWordMax));
  out.from_day = period->from;
  out.to_day = period->to;
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
