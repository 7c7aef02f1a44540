#include "journey/peak_end.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "journey/case_stream.h"
#include "journey/cases.h"
#include "journey/felt_marks.h"
#include "journey/judged_tally.h"
#include "journey/sql.h"
#include "journey/tallied.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kMomentsLeast = 2, kExamples = 5;

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
  CX_TRY(const FeltMarks marks, FeltMarks::read(client, grant, filter, options.reading));
  CX_TRY(CaseStream cases, CaseStream::open(client, grant, filter, options.definition, ""));
  CX_TRY(const JudgedTally tally,
         tallied(cases, JudgedTally(cases.kinds(), marks, marks.source(out.instrument), kPeakEndJourneysMax),
                 [](JudgedTally& to, std::uint64_t customer, std::span<const CaseEvent> every) {
                   to.take(customer, every);
                 }));
  const std::vector<std::uint32_t> stages(tally.stages().begin(), tally.stages().end());
  const auto number_of = [&](std::uint32_t stage) {
    return static_cast<std::uint32_t>(std::ranges::lower_bound(stages, stage) - stages.begin());
  };
  std::vector<stats::JudgedJourney> journeys;
  std::vector<PeakEndExample> examples;
  out.answered = tally.judged();
  for (const JudgedTally::Judged& one : tally.kept()) {
    ++out.read;
    if (one.moments < kMomentsLeast) continue;
    stats::JudgedJourney& judged = journeys.emplace_back(
        stats::JudgedJourney{.group = one.customer, .overall = one.overall, .curve = one.curve});
    judged.curve.peak_stage = number_of(one.curve.peak_stage);
    judged.curve.end_stage = number_of(one.curve.end_stage);
    examples.push_back({.customer = one.customer,
                        .began = {one.began_ms},
                        .overall = one.overall,
                        .peak = one.curve.peak,
                        .end = one.curve.end,
                        .average = one.curve.average});
  }
  out.used = journeys.size();
  out.answer = stats::peak_end(journeys, stages.size());
  if (grant.may(Permission::kViewCustomers)) {
    keep_worst(examples);
    out.worst = std::move(examples);
  }
  if (!out.answer.found) return out;
  const auto& found = out.answer.found->stages;
  for (std::size_t s = 0; s < found.size(); ++s)
    out.stages.push_back({.stage = cases.kinds().names[stages[s]],
                          .peak_share = found[s].peak_share,
                          .end_share = found[s].end_share,
                          .gain = found[s].gain});
  std::ranges::sort(out.stages, [](const PeakEndStage& a, const PeakEndStage& b) {
    return a.gain.value != b.gain.value ? a.gain.value > b.gain.value : a.stage < b.stage;
  });
  return out;
}

}  // namespace zhike::journey
