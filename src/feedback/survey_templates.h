// Surveys to begin with, as data (catalog/surveys).
#pragma once

#include <span>
#include <string_view>

namespace zhike::feedback {

struct SurveyTemplate {
  std::string_view key;       ///< "nps"
  std::string_view document;  ///< JSON that parse_survey() takes
};
/// By key. Lives for the process.
[[nodiscard]] std::span<const SurveyTemplate> survey_templates();

}  // namespace zhike::feedback
