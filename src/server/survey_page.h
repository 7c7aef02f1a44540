// The page of a survey: one document without scripts and without anything from elsewhere, so that it shows at
// once on any telephone and works where scripts do not. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "feedback/surveys.h"
#include "server/http.h"

namespace zhike::server {

struct SurveyPageView {
  const feedback::Visit& visit;
  const feedback::Walk& walk;
  std::size_t at = 0;        ///< index in walk.pages
  std::string path{};        ///< of the link: "/s/TOKEN"
  std::string respondent{};  ///< of a public link; else empty
  feedback::Tongue tongue = feedback::Tongue::kEn;
  std::map<std::string, feedback::Texts, std::less<>> problems{};  ///< to show, by question
};
[[nodiscard]] Response survey_page(const SurveyPageView& view, int status = 200);

/// A page that only says something: thanks, or what went wrong. `origins`: whose pages may hold it in a
/// frame.
[[nodiscard]] Response survey_message(const feedback::Texts& title, const feedback::Texts& text,
                                      feedback::Tongue tongue, int status = 200,
                                      const std::vector<std::string>& origins = {},
                                      const feedback::SurveyTheme& theme = {});
[[nodiscard]] Response survey_thanks(const feedback::Visit& visit, feedback::Tongue tongue);
[[nodiscard]] Response survey_problem(const Error& error, feedback::Tongue tongue,
                                      const std::vector<std::string>& origins = {});

/// What a form sends: name=value&..., decoded. Errors: kBadField (broken escapes, more than `count_max`
/// fields).
[[nodiscard]] Result<Pairs> parse_form(std::string_view body, std::size_t count_max);

/// Puts what the form says of `question` into `answers`, or takes the answer away when it says nothing. What
/// is not a number where one belongs is kept as a number outside the scale: the walk says what is wrong with
/// it.
void read_form(const feedback::Question& question, const Pairs& form, feedback::Answers& answers);

}  // namespace zhike::server
