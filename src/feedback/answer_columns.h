// The answers of a survey that are numbers, as columns: one row for each response.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/grant.h"
#include "feedback/surveys.h"
#include "query/filter.h"
#include "stats/interval.h"
#include "warehouse/client.h"

namespace zhike::feedback {

/// A question, a row of a matrix, or a matrix as the mean of its rows.
struct AnswerColumn {
  std::string key;     ///< "recommend", "staff.polite", "staff"
  Texts text{}, of{};  ///< `of`: the question that a row belongs to; else empty
  QuestionKind kind = QuestionKind::kScale;
  std::string instrument{};
  std::int64_t least = 0, most = 0;
  std::vector<std::string> items{};  ///< the keys of which it is the mean; of one number its own

  [[nodiscard]] bool is_mean() const { return items.size() > 1 || items.front() != key; }
};
/// In the order of the survey; a matrix before its rows.
[[nodiscard]] std::vector<AnswerColumn> answer_columns(const Survey& survey);
/// Null: there is none.
[[nodiscard]] const AnswerColumn* find_column(const std::vector<AnswerColumn>& columns, std::string_view key);

/// More responses than these are not read: the newest count.
inline constexpr std::uint64_t kResponsesMax = 100'000;

struct AnswerTable {
  std::vector<std::string> keys;
  std::vector<std::vector<double>> columns;  ///< by key, then by response, the newest first; NaN: no answer
  std::uint64_t responses = 0;
  bool is_cut = false;                  ///< there are more than kResponsesMax
  std::vector<CustomerId> customers{};  ///< by response: whose it is today
  std::vector<Instant> times{};         ///< by response
  std::vector<std::int32_t>
      buckets{};  ///< by response: first day of its day, week or month, from 1970; 0: none asked
  std::vector<std::string> groups{};  ///< by response: its channel, unit ...; empty: none asked

  /// Of `key`, which must be there.
  [[nodiscard]] const std::vector<double>& of(std::string_view key) const;
  /// By response the mean of the items; NaN where one is missing.
  [[nodiscard]] std::vector<double> of(const AnswerColumn& column) const;
};

struct AnswersWanted {
  SurveyId survey;
  query::Filter filter;           ///< of responses: time, channel, unit ...
  std::vector<std::string> keys;  ///< of single numbers: AnswerColumn::items
  query::Grain grain = query::Grain::kNone;
  query::By by = query::By::kNone;
};
/// A number counts when the version of the survey that it answers asks the question on today's scale: answers
/// on another scale are no answers here. Permission: kViewMetrics. Errors: kPermissionMissing,
/// kUnknownSurvey, kBadFilter, and the client's.
[[nodiscard]] Result<AnswerTable> answer_table(warehouse::Client& client, Surveys& surveys,
                                               const Grant& grant, const AnswersWanted& wanted);

struct AnswerCounts {
  std::uint64_t responses = 0;
  std::vector<std::uint64_t> answers;  ///< by key, whatever the scale
};
/// Permission and errors as answer_table().
[[nodiscard]] Result<AnswerCounts> answer_counts(warehouse::Client& client, Surveys& surveys,
                                                 const Grant& grant, const AnswersWanted& wanted);

}  // namespace zhike::feedback
