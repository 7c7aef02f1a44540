// The page behind a link to a survey. Nobody signs in: the link is the permission, and it carries no cookie,
// so a form that another site sends can do no more than its sender could. Answers travel page by page; the
// address of the next page holds the respondent, so that reload, back and a restart of the service lose
// nothing.
#include <algorithm>
#include <set>

#include "server/api.h"
#include "server/rate_limit.h"
#include "server/survey_page.h"

namespace zhike::server {
namespace {

using feedback::Tongue;
using State = feedback::Visit::State;

// A form of the largest survey: each question with all its rows or options, and its hidden field.
constexpr std::size_t kFieldsMax = 70'000;

/// Behind a proxy on this machine the address is what the proxy says; anybody else could say anything.
std::string address_of(const Request& request) {
  const bool is_local = request.remote.starts_with("127.") || request.remote == "::1";
  const std::string_view forwarded = request.header("x-forwarded-for");
  if (!is_local || forwarded.empty()) return request.remote;
  const auto comma = forwarded.rfind(',');
  std::string_view last = comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1);
  while (last.starts_with(' ')) last.remove_prefix(1);
  return std::string(last.substr(0, 64));
}

/// Wrong links are guesses; pages and forms are what a person makes of a survey, many of them behind one
/// address.
bool may_try(const Request& request) {
  static RateLimit guesses(30, 0.5);
  return guesses.take(address_of(request));
}
bool may_send(const Request& request) {
  static RateLimit forms(240, 4);
  return forms.take(address_of(request));
}

std::string_view field(const Pairs& pairs, std::string_view name) {
  const auto at = std::ranges::find(pairs, name, &Pairs::value_type::first);
  return at == pairs.end() ? std::string_view{} : std::string_view(at->second);
}

Tongue tongue_of(const Call& call, std::string_view asked) {
  if (asked == "zh" || asked == "en") return asked == "zh" ? Tongue::kZh : Tongue::kEn;
  return call.request.language == Language::kChinese ? Tongue::kZh : Tongue::kEn;
}

/// People get a page that says what went wrong, programs a problem document like everywhere else.
Result<Response> refuse(const Call& call, Error error, Tongue tongue) {
  if (call.request.header("accept").find("text/html") == std::string_view::npos)
    return std::unexpected(std::move(error));
  // Of a survey that is over the sites that hold it show the sentence, and no empty frame.
  const bool is_over = error.code == Code::kSurveyClosed || error.code == Code::kLinkExpired ||
                       error.code == Code::kSurveyFull;
  return survey_problem(
      error, tongue,
      is_over ? call.app.surveys().origins(field(call.params, "token")) : std::vector<std::string>{});
}

/// A respondent at the door, or the page that says why not.
struct Entered {
  feedback::Visit visit;
  std::string token, respondent;
  Tongue tongue = Tongue::kEn;
};
Result<Entered> enter(Call& call, std::string_view respondent, Tongue tongue) {
  Entered out{.visit = {},
              .token = std::string(field(call.params, "token")),
              .respondent = std::string(respondent),
              .tongue = tongue};
  if (!feedback::Surveys::is_token(out.respondent)) out.respondent = feedback::Surveys::new_respondent();
  auto visit = call.app.surveys().visit(out.token, out.respondent);
  if (!visit) {
    if (visit.error().code == Code::kUnknownLink && !may_try(call.request))
      return fail(Code::kTooManyRequests);
    return std::unexpected(std::move(visit).error());
  }
  out.visit = std::move(*visit);
  if (out.visit.kind != feedback::LinkKind::kPublic) out.respondent.clear();
  return out;
}

std::string address(const Entered& entered, std::string_view page) {
  std::string out = fmt::format("/s/{}?lang={}", entered.token, feedback::to_string(entered.tongue));
  if (!entered.respondent.empty()) out += "&r=" + entered.respondent;
  if (!page.empty()) out += fmt::format("&p={}", page);
  return out;
}

Response go_to(const Entered& entered, std::string_view page) {
  Response response;
  response.status = 303;
  response.type = "text/html; charset=utf-8";
  response.headers.emplace_back("Location", address(entered, page));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response show(const Entered& entered, const feedback::Walk& walk, std::size_t at, bool with_problems,
              int status = 200) {
  SurveyPageView view{.visit = entered.visit,
                      .walk = walk,
                      .at = at,
                      .path = "/s/" + entered.token,
                      .respondent = entered.respondent,
                      .tongue = entered.tongue,
                      .problems = {}};
  if (with_problems)
    for (const auto& problem : walk.problems) view.problems.emplace(problem.question, problem.what);
  return survey_page(view, status);
}

/// Index in walk.pages; nothing: that page is not shown.
std::optional<std::size_t> place_of(const feedback::Survey& survey, const feedback::Walk& walk,
                                    std::string_view page) {
  for (std::size_t i = 0; i < walk.pages.size(); ++i)
    if (survey.pages[walk.pages[i].page].id == page) return i;
  return std::nullopt;
}

/// The first page with something missing or wrong; none: the last.
std::size_t first_open(const feedback::Walk& walk) {
  for (std::size_t i = 0; i < walk.pages.size(); ++i)
    for (const auto* question : walk.pages[i].questions)
      if (std::ranges::find(walk.problems, question->id, &feedback::AnswerProblem::question) !=
          walk.problems.end())
        return i;
  return walk.pages.size() - 1;
}

Result<Response> get_page(Call& call) {
  const Tongue tongue = tongue_of(call, call.param("lang"));
  const auto entered = enter(call, call.param("r"), tongue);
  if (!entered) return refuse(call, entered.error(), tongue);
  if (entered->visit.state == State::kTurnedAway) return refuse(call, {Code::kSurveyFull, {}}, tongue);
  if (entered->visit.state == State::kDone) return survey_thanks(entered->visit, tongue);
  const auto walk = feedback::walk(*entered->visit.survey, entered->visit.answers);
  if (walk.pages.empty()) return refuse(call, {Code::kSurveyClosed, {}}, tongue);  // nothing to ask
  const auto page = call.param("p");
  if (page.empty()) {
    CX_TRY(call.app.surveys().count_opened(entered->visit));
  }
  const auto wanted = place_of(*entered->visit.survey, walk, page);
  const std::size_t at = wanted ? *wanted : entered->visit.state == State::kNew ? 0 : first_open(walk);
  return show(*entered, walk, at, false);
}

/// Questions that were on the page that the form was sent from.
std::set<std::string_view> seen_in(const Pairs& form) {
  std::set<std::string_view> out;
  for (const auto& [name, value] : form)
    if (name == "seen") out.insert(value);
  return out;
}

/// The page again, with what is missing or wrong on it.
Result<Response> ask_again(Call& call, const Entered& entered, const feedback::Walk& walk, std::size_t at) {
  const auto on_page = [&](const feedback::AnswerProblem& problem) {
    return std::ranges::any_of(walk.pages[at].questions,
                               [&](const auto* question) { return question->id == problem.question; });
  };
  if (call.request.header("accept").find("text/html") == std::string_view::npos) {
    const auto first = std::ranges::find_if(walk.problems, on_page);
    if (first != walk.problems.end())
      return fail(Code::kBadAnswer, "/{} {}", first->question, first->what.in(entered.tongue));
  }
  return show(entered, walk, at, true, 422);
}

Result<Response> send_off(Call& call, const Entered& entered, const feedback::Walk& walk) {
  const auto sent = call.app.surveys().submit(entered.visit, entered.visit.answers, entered.tongue);
  if (sent) return go_to(entered, {});
  if (sent.error().code == Code::kBadAnswer) return ask_again(call, entered, walk, first_open(walk));
  return refuse(call, sent.error(), entered.tongue);
}

/// The answers of the page are in; where to?
Result<Response> proceed(Call& call, const Entered& entered, const Pairs& form, std::string_view page) {
  const feedback::Survey& survey = *entered.visit.survey;
  const auto walk = feedback::walk(survey, entered.visit.answers);
  if (walk.pages.empty()) return refuse(call, {Code::kSurveyClosed, {}}, entered.tongue);
  const auto at = place_of(survey, walk, page);
  if (!at) return show(entered, walk, 0, false);
  const auto id_at = [&](std::size_t index) { return survey.pages[walk.pages[index].page].id; };
  if (field(form, "go") == "back") return go_to(entered, id_at(*at == 0 ? 0 : *at - 1));
  const bool wrong = std::ranges::any_of(walk.pages[*at].questions, [&](const auto* question) {
    return std::ranges::find(walk.problems, question->id, &feedback::AnswerProblem::question) !=
           walk.problems.end();
  });
  // A question that came into sight only through an answer on the same page was not seen yet.
  const auto seen = seen_in(form);
  const bool unseen = std::ranges::any_of(walk.pages[*at].questions,
                                          [&](const auto* question) { return !seen.contains(question->id); });
  if (unseen) return show(entered, walk, *at, false);
  if (wrong) return ask_again(call, entered, walk, *at);
  if (*at + 1 < walk.pages.size()) return go_to(entered, id_at(*at + 1));
  return send_off(call, entered, walk);
}

Result<Response> post_page(Call& call) {
  if (!may_send(call.request))
    return refuse(call, {Code::kTooManyRequests, {}}, tongue_of(call, call.param("lang")));
  const auto form = parse_form(call.request.body, kFieldsMax);
  if (!form) return refuse(call, form.error(), tongue_of(call, {}));
  const Tongue tongue = tongue_of(call, field(*form, "lang"));
  auto entered = enter(call, field(*form, "r"), tongue);
  if (!entered) return refuse(call, entered.error(), tongue);
  if (entered->visit.state == State::kTurnedAway) return refuse(call, {Code::kSurveyFull, {}}, tongue);
  if (entered->visit.state == State::kDone) return go_to(*entered, {});
  if (entered->visit.state == State::kSending) return send_off(call, *entered, {});
  const auto page = field(*form, "p");
  const auto seen = seen_in(*form);
  for (const feedback::Page& known : entered->visit.survey->pages)
    if (known.id == page)
      for (const feedback::Question& question : known.questions)
        if (seen.contains(question.id)) read_form(question, *form, entered->visit.answers);
  const auto kept = call.app.surveys().keep(entered->visit, entered->visit.answers);
  if (!kept && kept.error().code == Code::kLinkUsed) return go_to(*entered, {});
  if (!kept) return refuse(call, kept.error(), tongue);
  return proceed(call, *entered, *form, page);
}

}  // namespace

void add_survey_page_handlers(Handlers& handlers) {
  handlers["surveyPage"] = get_page;
  handlers["answerSurvey"] = post_page;
}

}  // namespace zhike::server
