// What a survey's answers say once they are weighted to those who were asked: non-response, corrected as far
// as channel, unit and traits tell people apart (stats/raking.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "event/grant.h"
#include "feedback/answer_columns.h"
#include "feedback/feedback.h"
#include "feedback/rounds.h"
#include "feedback/survey_indices.h"
#include "stats/raking.h"
#include "warehouse/client.h"

namespace zhike::feedback {

struct WeightedLevel {
  std::string level;  ///< "": not known
  std::uint64_t invited = 0, answered = 0;
  double weighted = 0;  ///< share of the weights: the invited share, where nothing was cut
};
struct WeightedMargin {
  std::string by;                     ///< "channel"
  std::vector<WeightedLevel> levels;  ///< most invited first
};
struct WeightedScore {
  AnswerColumn column;
  Measure measure = Measure::kMean;         ///< of its instrument; a plain mean without one
  stats::WeightedMean plain{}, weighted{};  ///< NPS in points, shares of the two best answers from 0 to 1
};
struct WeightedIndex {
  std::string key;  ///< as IndexColumn
  Measure measure = Measure::kMean;
  stats::WeightedMean plain{}, weighted{};
};
struct SurveyWeights {
  std::uint64_t invited = 0;
  std::uint64_t answered = 0;  ///< whose answers are stored; each weighs
  std::uint64_t unmatched =
      0;  ///< responses by links for anybody, or not within the filter: they weigh nothing
  bool is_cut = false;
  std::vector<WeightedMargin> margins{};
  stats::Raked raked{};
  std::vector<WeightedScore> scores{};
  std::vector<WeightedIndex> indices{};  ///< of SERVQUAL, the gaps and the pyramid, where the survey has them
};

struct WeightWish {
  std::vector<std::string> by{"channel"};  ///< 1 to kWeightByMax of channel, unit, trait.KEY
  stats::RakeOptions rake{};
};
inline constexpr std::size_t kWeightByMax = 5, kWeightLevelsMax = 50;

/// Permission: kViewMetrics. Errors: those of Rounds::invited and of stats::rake; kTooFewRows (nobody was
/// asked by a link of their own, or nobody has answered), kBadField (more levels than kWeightLevelsMax), and
/// the client's.
[[nodiscard]] Result<SurveyWeights> survey_weights(warehouse::Client& client, Surveys& surveys,
                                                   const Grant& grant, SurveyId id,
                                                   const query::Filter& filter, const WeightWish& wish);

/// The same of what is read already: `table` has every single number of `columns`.
[[nodiscard]] Result<SurveyWeights> weigh(const std::vector<Rounds::Invited>& invited,
                                          const AnswerTable& table, const std::vector<AnswerColumn>& columns,
                                          const WeightWish& wish);

}  // namespace zhike::feedback
