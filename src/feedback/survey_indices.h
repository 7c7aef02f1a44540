// Indices of surveys that were made for them: SERVQUAL, the five gaps, the pyramid of experience. Questions
// are known by their instruments, so a survey that was changed still counts: servqual_expected and
// servqual_perceived (matrices whose ids end with the dimension: perceived-empathy; rows pair by their ids),
// gap1 to gap5 (agreement that there is no gap), pyramid_needs, pyramid_ease, pyramid_delight.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/grant.h"
#include "feedback/answer_columns.h"
#include "feedback/feedback.h"
#include "stats/pyramid.h"
#include "stats/servqual.h"
#include "warehouse/client.h"

namespace zhike::feedback {

enum class WeightsBy {
  kNone,         ///< all dimensions alike
  kGiven,        ///< by who asks
  kRespondents,  ///< by each respondent, who says how important each dimension is
};
[[nodiscard]] std::string_view to_string(WeightsBy by) noexcept;  ///< "respondents"

struct ServqualIndex {
  std::vector<AnswerColumn> items;  ///< of the perceptions, as stats::Servqual::items
  WeightsBy weights = WeightsBy::kNone;
  std::int64_t least = 0, most = 0;  ///< of the scale; both 0: there are several
  stats::Servqual found;
};
struct GapIndex {
  bool is_percent = false;  ///< the gaps' scales differ: shortfalls are percent of them, else points
  std::vector<stats::RankedGap> found;
};
struct PyramidIndex {
  std::array<AnswerColumn, 3> columns;  ///< needs, ease, delight
  std::array<std::int64_t, 3> from{};   ///< answers from these on count
  stats::Pyramid found;
};
/// A figure of an index as one number for each response: what can be weighted, divided and compared.
struct IndexColumn {
  std::string key{};                 ///< "servqual", "servqual.empathy", "gap.delivery", "pyramid.ease"
  Measure measure = Measure::kMean;  ///< kShare: 1 or 0
  double least = 0, most = 1;        ///< that one response can have
  std::vector<double> values{};      ///< by response; NaN: none
};
/// Whether such a figure could be called so, in a file of benchmarks.
[[nodiscard]] bool is_index_key(std::string_view key) noexcept;

struct SurveyIndices {
  std::uint64_t responses = 0;
  bool is_cut = false;  ///< see kResponsesMax
  std::optional<ServqualIndex> servqual{};
  std::optional<GapIndex> gaps{};
  std::optional<PyramidIndex> pyramid{};
  std::vector<IndexColumn> columns{};
};

struct IndexWish {
  std::vector<double> weights{};                      ///< five, or none
  std::array<std::optional<std::int64_t>, 3> from{};  ///< else the two best answers of each scale
};
/// What the survey does not ask is absent. Permission: kViewMetrics. Errors: kPermissionMissing,
/// kUnknownSurvey, kBadFilter, and the client's.
[[nodiscard]] Result<SurveyIndices> survey_indices(warehouse::Client& client, Surveys& surveys,
                                                   const Grant& grant, SurveyId id,
                                                   const query::Filter& filter, const IndexWish& wish);

/// Those of a survey's columns that its indices are made of.
[[nodiscard]] std::vector<AnswerColumn> columns_of_indices(const Survey& survey);

/// The same of answers that are read already: `table` has every single number of `columns`.
[[nodiscard]] SurveyIndices indices_of(const AnswerTable& table, const std::vector<AnswerColumn>& columns,
                                       const IndexWish& wish);

}  // namespace zhike::feedback
