#include "ingest/quality.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace zhike::ingest {
namespace {

constexpr std::array<std::string_view, kDimensionCount> kNames{"completeness", "validity", "uniqueness",
                                                               "timeliness", "consistency"};
constexpr std::size_t kDaysBefore = 14, kDaysMin = 3;
constexpr double kDropMin = 0.05, kDeviations = 3;

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

/// The newest value against those before it; oldest first.
std::optional<QualityAlert> alert_of(const std::vector<std::pair<std::int64_t, double>>& values) {
  if (values.size() < kDaysMin + 1) return std::nullopt;
  const auto [day, newest] = values.back();
  const std::size_t n = std::min(kDaysBefore, values.size() - 1);
  double sum = 0, squares = 0;
  for (std::size_t i = values.size() - 1 - n; i < values.size() - 1; ++i) {
    sum += values[i].second;
    squares += values[i].second * values[i].second;
  }
  const double mean = sum / static_cast<double>(n);
  const double deviation = std::sqrt(std::max(0.0, squares / static_cast<double>(n) - mean * mean));
  if (mean - newest <= std::max(kDropMin, kDeviations * deviation)) return std::nullopt;
  return QualityAlert{{}, day, newest, mean};
}

}  // namespace

std::string_view to_string(Dimension dimension) noexcept {
  return kNames[static_cast<std::size_t>(dimension)];
}

QualityDay score(std::int64_t day, const DayTotals& totals) {
  QualityDay out{.day = day, .received = totals.received, .dimensions = {}, .score = {}};
  const auto mark = [&](Mark m) {
    const auto at = totals.marks.find(m);
    return at == totals.marks.end() ? 0 : at->second;
  };
  const auto set = [&](Dimension d, std::uint64_t of, double value) {
    Share& share = out.dimensions[static_cast<std::size_t>(d)];
    share.of = of;
    if (totals.received >= kEventsMin && of > 0) share.value = value;
  };
  const std::uint64_t expected = mark(Mark::kExpected), values = mark(Mark::kValues),
                      timed = mark(Mark::kTimed), typed = mark(Mark::kTyped);
  set(Dimension::kCompleteness, expected, ratio(mark(Mark::kFilled), expected));
  set(Dimension::kValidity, totals.received,
      (1 - ratio(totals.quarantined, totals.received)) * (1 - ratio(mark(Mark::kInvalid), values)));
  set(Dimension::kUniqueness, totals.received, 1 - ratio(totals.dropped, totals.received));
  set(Dimension::kTimeliness, timed, 1 - ratio(mark(Mark::kLate), timed));
  set(Dimension::kConsistency, typed, 1 - ratio(mark(Mark::kMistyped), typed));
  double sum = 0;
  std::size_t told = 0;
  for (const Share& share : out.dimensions)
    if (share.value) sum += *share.value, ++told;
  if (told > 0) out.score = sum / static_cast<double>(told);
  return out;
}

std::vector<QualityAlert> alerts(const std::vector<QualityDay>& days) {
  std::vector<QualityAlert> out;
  const auto look = [&](std::optional<Dimension> dimension, const auto& value_of) {
    std::vector<std::pair<std::int64_t, double>> values;
    for (const QualityDay& day : days)
      if (const std::optional<double> value = value_of(day)) values.emplace_back(day.day, *value);
    if (auto alert = alert_of(values)) {
      alert->dimension = dimension;
      out.push_back(*alert);
    }
  };
  look({}, [](const QualityDay& day) { return day.score; });
  for (std::size_t i = 0; i < kDimensionCount; ++i)
    look(static_cast<Dimension>(i), [i](const QualityDay& day) { return day.dimensions[i].value; });
  return out;
}

Result<Quality> quality_of(const Source& source, Sources& sources, DayCounts& counts, Instant now,
                           std::size_t days) {
  constexpr std::int64_t kDay = 86'400'000;
  const auto found = Zone::find(source.zone);
  const Zone zone = found ? *found : Zone::utc();
  const std::int64_t last = day_of(now, zone), first = last - static_cast<std::int64_t>(days) + 1;
  CX_TRY(auto marks, counts.read(source.id, first, last));
  Quality out;
  for (std::int64_t day = first; day <= last; ++day) {
    CX_TRY(const Minute sum,
           sources.sum(source.id, zone.to_instant(day * kDay), zone.to_instant((day + 1) * kDay)));
    out.days.push_back(score(day, {sum.received, sum.dropped, sum.quarantined, std::move(marks[day])}));
  }
  out.alerts = alerts(out.days);
  return out;
}

}  // namespace zhike::ingest
