// Answers for tests: what a template of a survey asks, answered as a function says.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string_view>
#include <vector>

#include "feedback/answer_columns.h"
#include "feedback/survey_templates.h"

namespace zhike::feedback {

inline std::vector<AnswerColumn> columns_of(std::string_view document) {
  const auto survey = parse_survey(document, Tongue::kEn);
  EXPECT_TRUE(survey) << to_string(survey.error());
  return survey ? answer_columns(**survey) : std::vector<AnswerColumn>{};
}

inline std::vector<AnswerColumn> template_columns(std::string_view key) {
  for (const SurveyTemplate& one : survey_templates())
    if (one.key == key) return columns_of(one.document);
  return {};
}

/// A table of every single number of the columns, by `value(column, response)`.
template <class Value>
AnswerTable table_of(const std::vector<AnswerColumn>& columns, std::size_t rows, const Value& value) {
  AnswerTable out;
  out.responses = rows;
  for (const AnswerColumn& column : columns) {
    if (column.is_mean()) continue;
    out.keys.push_back(column.key);
    out.columns.emplace_back();
    for (std::size_t i = 0; i < rows; ++i) out.columns.back().push_back(value(column, i));
  }
  return out;
}

}  // namespace zhike::feedback
