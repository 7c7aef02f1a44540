// Triggers that many want, as data (catalog/survey_triggers).
#pragma once

#include <span>
#include <string>

#include "feedback/survey.h"
#include "feedback/trigger_plan.h"

namespace zhike::feedback {

struct TriggerPreset {
  std::string key;  ///< "after-conversation"
  Texts title;
  std::string survey;  ///< key of the template that fits
  FilterTexts filter;
  Millis delay{};
};
[[nodiscard]] std::span<const TriggerPreset> trigger_presets();  ///< by key

}  // namespace zhike::feedback
