#include "feedback/survey_templates.h"

#include <vector>

#include "feedback/embedded.h"

namespace zhike::feedback {

std::span<const SurveyTemplate> survey_templates() {
  static const std::vector<SurveyTemplate> kAll = [] {
    constexpr std::string_view kFolder = "surveys/", kEnding = ".json";
    std::vector<SurveyTemplate> out;
    for (const Embedded& file : kEmbedded) {
      std::string_view key = file.name;
      if (!key.starts_with(kFolder)) continue;
      key.remove_prefix(kFolder.size());
      key.remove_suffix(kEnding.size());
      out.push_back({key, file.text});
    }
    return out;
  }();
  return kAll;
}

}  // namespace zhike::feedback
