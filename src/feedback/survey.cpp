#include "feedback/survey.h"

#include <algorithm>
#include <array>
#include <utility>

namespace zhike::feedback {
namespace {

using Named = std::pair<std::string_view, QuestionKind>;
constexpr std::array kKinds{
    Named{"nps", QuestionKind::kNps},           Named{"stars", QuestionKind::kStars},
    Named{"scale", QuestionKind::kScale},       Named{"single", QuestionKind::kSingle},
    Named{"multiple", QuestionKind::kMultiple}, Named{"matrix", QuestionKind::kMatrix},
    Named{"ranking", QuestionKind::kRanking},   Named{"text", QuestionKind::kText},
    Named{"contact", QuestionKind::kContact},   Named{"consent", QuestionKind::kConsent},
};

}  // namespace

std::string_view to_string(Tongue tongue) noexcept { return tongue == Tongue::kZh ? "zh" : "en"; }

std::string_view to_string(QuestionKind kind) noexcept {
  return std::ranges::find(kKinds, kind, &Named::second)->first;
}

std::optional<QuestionKind> parse_question_kind(std::string_view text) noexcept {
  const auto at = std::ranges::find(kKinds, text, &Named::first);
  if (at == kKinds.end()) return std::nullopt;
  return at->second;
}

const Question* Survey::find(std::string_view question) const {
  const auto at = places.find(std::string(question));
  return at == places.end() ? nullptr : &pages[at->second.page].questions[at->second.question];
}

}  // namespace zhike::feedback
