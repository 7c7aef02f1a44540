// The figures of a survey's indices (SERVQUAL and its dimensions, the gaps, the pyramid) over time, by group,
// against the period before, and beside the figures of others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/grant.h"
#include "feedback/benchmarks.h"
#include "feedback/survey_indices.h"
#include "query/filter.h"
#include "stats/change.h"
#include "stats/raking.h"
#include "warehouse/client.h"

namespace zhike::feedback {

/// Of fewer respondents than stats::kRespondentsMin nothing is said but how many there are.
struct IndexGroup {
  std::string key;
  stats::WeightedMean score;
};
struct IndexPoint {
  Instant at;
  stats::WeightedMean score;
};
struct IndexCompared {
  Benchmark benchmark;
  stats::WeightedMean own;                        ///< of the benchmark's period
  std::optional<stats::Interval> theirs{};        ///< none: n is not told
  std::optional<stats::Difference> difference{};  ///< none: too few answers of one's own
};
struct IndexFigure {
  std::string key;  ///< as IndexColumn
  Measure measure = Measure::kMean;
  double least = 0, most = 1;
  stats::WeightedMean score{};
  std::optional<stats::WeightedMean> before{};  ///< of the period compared with
  std::optional<stats::Change> change{};        ///< none: too few answers in one of the periods
  std::vector<IndexPoint> series{};             ///< every day, week or month of the range
  std::vector<IndexGroup> groups{};             ///< most answers first
  std::vector<IndexCompared> benchmarks{};      ///< the newest
};
struct IndexFigures {
  std::uint64_t responses = 0;
  bool is_cut = false;  ///< see kResponsesMax; of any period
  std::vector<IndexFigure> figures;
};

struct IndexQuestion {
  query::Filter filter;
  IndexWish wish{};
  query::Compare compare = query::Compare::kNone;
  query::Grain grain = query::Grain::kNone;
  query::By by = query::By::kNone;
  bool with_benchmarks = true;
};
/// The changes are Welch's for means and Newcombe's for shares (stats/change.h), the differences from others
/// as in benchmarks.h. Permission: kViewMetrics. Errors: as survey_indices(), and those of Benchmarks::list.
[[nodiscard]] Result<IndexFigures> index_figures(warehouse::Client& client, Surveys& surveys,
                                                 const Grant& grant, SurveyId id,
                                                 const IndexQuestion& question);

/// The mean or share over who has a value, all alike. Pure.
[[nodiscard]] stats::WeightedMean score_of(const IndexColumn& column);
/// Is the figure another one than before? Pure. None: fewer than stats::kRespondentsMin on one side.
[[nodiscard]] std::optional<stats::Change> change_of(const IndexColumn& before, const IndexColumn& now);

}  // namespace zhike::feedback
