#include "journey/peak_end.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "journey/cases.h"
#include "journey/feelings.h"
#include "journey/sql.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kMomentsLeast = 2, kExamples = 5;

/// Stages by number, in the order they are met.
class Numbers {
 public:
  std::uint32_t of(const std::string& stage) {
    const auto [at, is_new] = numbers_.try_emplace(stage, static_cast<std::uint32_t>(names_.size()));
    if (is_new) names_.push_back(stage);
    return at->second;
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> names_;
};

/// What belongs to one event is one moment.
std::vector<stats::EmotionMoment> moments_of(const boost::json::value& cell, Numbers& stages) {
  std::vector<stats::EmotionMoment> out;
  std::uint64_t event = 0, parts = 0;
  for (const auto& one : cell.as_array()) {
    const auto& fields = one.as_array();
    const std::uint64_t at = warehouse::as_u64(fields.at(1));
    const double value = warehouse::as_double(fields.at(3));
    if (!out.empty() && at == event) {
      ++parts;
      out.back().value += (value - out.back().value) / static_cast<double>(parts);
      continue;
    }
    event = at;
    parts = 1;
    out.push_back({.stage = stages.of(warehouse::as_text(fields.at(2))), .value = value});
  }
  return out;
}

Result<std::string> instrument_of(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                                  const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  CX_TRY(const query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, filter, sql::kFrictionBasis));
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kCaseLimits)));
  for (const auto& row : table.rows)
    if (warehouse::as_u64(row[0]) == 0) return warehouse::as_text(row[1]);
  return std::string();
}

void keep_worst(std::vector<PeakEndExample>& examples) {
  std::ranges::sort(examples, {}, [](const PeakEndExample& one) {
    return std::tuple(one.peak, one.customer, one.began.ms);
  });
  if (examples.size() > kExamples) examples.resize(kExamples);
}

}  // namespace

Result<PeakEndReport> peak_end(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                               const PeakEndOptions& options) {
  PeakEndReport out;
  CX_TRY(out.instrument, instrument_of(client, grant, filter, options.instrument));
  CX_TRY(query::Prepared prepared, query::prepare(grant, Permission::kViewMetrics, filter, sql::kPeakEnd));
  set_cases(prepared.params, options.definition);
  set_feelings(prepared.params, options.reading);
  prepared.params.set("instrument", out.instrument).set("rows", kPeakEndRowsMax);
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kCaseLimits)));
  Numbers stages;
  std::vector<stats::JudgedJourney> journeys;
  std::vector<PeakEndExample> examples;
  for (const auto& row : table.rows) {
    out.answered = warehouse::as_u64(row[4]);
    ++out.read;
    const auto moments = moments_of(row[3], stages);
    if (moments.size() < kMomentsLeast) continue;
    const stats::JudgedJourney& one =
        journeys.emplace_back(stats::JudgedJourney{.group = warehouse::as_u64(row[0]),
                                                   .overall = warehouse::as_double(row[2]),
                                                   .curve = stats::curve_of(moments)});
    examples.push_back({.customer = one.group,
                        .began = {warehouse::as_i64(row[1])},
                        .overall = one.overall,
                        .peak = one.curve.peak,
                        .end = one.curve.end,
                        .average = one.curve.average});
  }
  out.used = journeys.size();
  out.answer = stats::peak_end(journeys, stages.names().size());
  if (grant.may(Permission::kViewCustomers)) {
    keep_worst(examples);
    out.worst = std::move(examples);
  }
  if (!out.answer.found) return out;
  const auto& found = out.answer.found->stages;
  for (std::size_t s = 0; s < found.size(); ++s)
    out.stages.push_back({.stage = stages.names()[s],
                          .peak_share = found[s].peak_share,
                          .end_share = found[s].end_share,
                          .gain = found[s].gain});
  std::ranges::sort(out.stages, [](const PeakEndStage& a, const PeakEndStage& b) {
    return a.gain.value != b.gain.value ? a.gain.value > b.gain.value : a.stage < b.stage;
  });
  return out;
}

}  // namespace zhike::journey
