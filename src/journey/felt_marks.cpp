#include "journey/felt_marks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include "journey/cases.h"
#include "journey/customer_rows.h"
#include "journey/map.h"
#include "journey/sql.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;  // see customer_rows.h

/// -1 for the worst score, 1 for the best one.
double on_scale(std::string_view instrument, double score) {
  for (const FeelingScale& scale : feeling_scales()) {
    if (scale.instrument != instrument) continue;
    const auto worst = static_cast<double>(scale.worst), best = static_cast<double>(scale.best);
    return std::clamp(2 * (score - worst) / (best - worst) - 1, -1.0, 1.0);
  }
  return FeltMarks::Mark::kNone;
}

/// As sql/felt_marks.sql answers it.
struct Said {
  std::uint64_t event_id = 0;
  std::string_view source{};
  double figure = 0;
  std::string_view emotions{};
  static constexpr std::array<std::string_view, 4> kColumns{"UInt64", "String", "Float64", "String"};
};

}  // namespace

std::uint32_t FeltMarks::Names::number(std::string_view name) {
  auto at = numbers.find(name);
  if (at == numbers.end()) {
    at = numbers.emplace(name, static_cast<std::uint32_t>(names.size())).first;
    names.emplace_back(name);
  }
  return at->second;
}

void FeltMarks::add(std::uint64_t event_id, std::string_view source, double figure,
                    std::string_view emotions) {
  const bool is_comment = source == kComment;
  marks_.push_back({.event_id = event_id,
                    .score = is_comment ? 0 : figure,
                    .value = is_comment ? figure : on_scale(source, figure),
                    .source = sources_.number(source),
                    .emotions = emotions_.number(emotions)});
}

void FeltMarks::settle() {
  std::ranges::sort(marks_, [](const Mark& a, const Mark& b) {
    return a.event_id != b.event_id ? a.event_id < b.event_id : a.value < b.value;
  });
  table_.assign(std::bit_ceil(2 * marks_.size() + 2), 0);
  for (std::size_t i = 0; i < marks_.size(); ++i) {
    if (i > 0 && marks_[i].event_id == marks_[i - 1].event_id) continue;
    std::size_t at = first_place(marks_[i].event_id);
    while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
    table_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

std::size_t FeltMarks::first_place(std::uint64_t event_id) const {
  return event_id * kGolden >> (64 - std::countr_zero(table_.size()));
}

std::span<const FeltMarks::Mark> FeltMarks::of(std::uint64_t event_id) const {
  if (marks_.empty()) return {};
  for (std::size_t at = first_place(event_id); table_[at] != 0; at = (at + 1) & (table_.size() - 1)) {
    const std::size_t from = table_[at] - 1;
    if (marks_[from].event_id != event_id) continue;
    std::size_t to = from + 1;
    while (to < marks_.size() && marks_[to].event_id == event_id) ++to;
    return std::span(marks_).subspan(from, to - from);
  }
  return {};
}

std::uint32_t FeltMarks::source(std::string_view name) const {
  const auto at = sources_.numbers.find(name);
  return at == sources_.numbers.end() ? 0 : at->second;
}

Result<FeltMarks> FeltMarks::read(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                                  std::uint32_t reading) {
  // Conditions say which events make the cases; what was said is looked for by these.
  query::Filter all = filter;
  all.where = {};
  CX_TRY(query::Prepared asked, query::prepare(grant, Permission::kViewMetrics, all, sql::kFeltMarks));
  asked.params.set("reading", std::uint64_t{reading});
  warehouse::Limits limits = kCaseLimits;
  limits.result_rows_max = kFeltMarksHeld;
  FeltMarks out;
  CX_TRY(stream_rows<Said>(
      client, asked.query(limits),
      [](warehouse::NativeRow& row, Said& into) {
        row.number(into.event_id);
        row.text(into.source);
        row.number(into.figure);
        row.text(into.emotions);
      },
      [&](const Said& one) { out.add(one.event_id, one.source, one.figure, one.emotions); }));
  out.settle();
  return out;
}

}  // namespace zhike::journey
