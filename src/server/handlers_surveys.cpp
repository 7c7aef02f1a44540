// Surveys for those who make them: documents, states, links, results.
#include <algorithm>
#include <set>

#include "feedback/feedback.h"
#include "feedback/survey_diff.h"
#include "feedback/survey_templates.h"
#include "feedback/surveys.h"
#include "server/survey_page.h"
#include "server/survey_rounds.h"

namespace zhike::server {
namespace {

using feedback::SurveyId;
using feedback::Tongue;

constexpr std::size_t kPeopleMax = feedback::Surveys::kLinksAtOnceMax;
constexpr std::size_t kIdentifiersMax = 4;

Tongue tongue_of(const Call& call) {
  return call.request.language == Language::kChinese ? Tongue::kZh : Tongue::kEn;
}

json::object head_json(const feedback::SurveyHead& head) {
  return {{"id", head.id.str()},
          {"key", head.key},
          {"state", feedback::to_string(head.state)},
          {"version", head.version},
          {"title", json::object{{"zh", head.title.zh}, {"en", head.title.en}}},
          {"unit", head.unit},
          {"created", time_text(head.created)},
          {"changed", time_text(head.changed)}};
}

Result<Response> detail(Call& call, const feedback::SurveyHead& head, std::uint32_t version,
                        int status = 200) {
  json::object out = head_json(head);
  CX_TRY(const std::string document, call.app.surveys().document(call.grant, head.id, version));
  out["document"] = json::parse(document);
  CX_TRY(const auto versions, call.app.surveys().versions(call.grant, head.id));
  json::array list;
  for (const auto& one : versions)
    list.push_back(
        json::object{{"version", one.version}, {"by", user_or_null(one.actor)}, {"at", time_text(one.at)}});
  out["versions"] = std::move(list);
  return answer(out, status);
}

/// The body: a document is deeper than what Fields::parse() takes.
Result<json::object> read_body(const Call& call) {
  boost::system::error_code bad;
  json::value value = json::parse(call.request.body, bad);
  if (bad) return fail(Code::kBadJson, "{}", bad.message());
  if (!value.is_object()) return fail(Code::kBadJson, "the body is not an object");
  return std::move(value.get_object());
}

Result<json::value> document_in(const json::object& body) {
  const json::value* document = body.if_contains("document");
  if (document == nullptr || !document->is_object())
    return fail(Code::kBadField, "'document' is not an object");
  return *document;
}

Result<Response> list_surveys(Call& call) {
  CX_TRY(const auto heads, call.app.surveys().list(call.grant));
  json::array items;
  for (const auto& head : heads) items.push_back(head_json(head));
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> list_templates(Call&) {
  json::array items;
  for (const auto& one : feedback::survey_templates())
    items.push_back(json::object{{"key", one.key}, {"document", json::parse(one.document)}});
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> check_survey(Call& call) {
  CX_TRY(const auto body, read_body(call));
  CX_TRY(const auto document, document_in(body));
  std::vector<feedback::DocumentProblem> problems;
  (void)feedback::parse_survey(json::serialize(document), problems);
  json::array out;
  for (const auto& problem : problems)
    out.push_back(json::object{{"at", problem.at}, {"what", problem.what.in(tongue_of(call))}});
  return answer(json::object{{"problems", std::move(out)}});
}

/// A page of a document that is not kept yet, as a respondent would see it: to look at, not to send.
Result<Response> preview_page(Call& call) {
  CX_TRY(const auto body, read_body(call));
  CX_TRY(const auto document, document_in(body));
  CX_TRY(const auto fields, Fields::of(body, "body"));
  CX_TRY(const auto language, fields.text_or("language", "", 5));
  CX_TRY(const auto page, whole(fields, "page", 0, feedback::SurveyLimits::kPagesMax));
  feedback::Visit visit;
  CX_TRY(visit.survey, feedback::parse_survey(json::serialize(document), tongue_of(call)));
  const auto walk = feedback::walk(*visit.survey, {});
  if (walk.pages.empty()) return fail(Code::kBadSurvey, "/pages nothing is shown");
  const Tongue tongue = language == "zh" ? Tongue::kZh : language == "en" ? Tongue::kEn : tongue_of(call);
  const SurveyPageView view{.visit = visit,
                            .walk = walk,
                            .at = std::min<std::size_t>(page, walk.pages.size() - 1),
                            .tongue = tongue,
                            .problems = {}};
  return answer(json::object{{"html", survey_page(view).body}, {"pages", walk.pages.size()}});
}

Result<json::value> new_document(const json::object& body) {
  const json::value* wanted = body.if_contains("template");
  if (wanted == nullptr) return document_in(body);
  for (const auto& one : feedback::survey_templates())
    if (wanted->is_string() && one.key == std::string_view(wanted->get_string()))
      return json::parse(one.document);
  return fail(Code::kBadField, "'template' is not the key of a template");
}

Result<Response> create_survey(Call& call) {
  CX_TRY(const auto body, read_body(call));
  CX_TRY(json::value document, new_document(body));
  if (const json::value* key = body.if_contains("key")) document.as_object()["id"] = *key;
  CX_TRY(const auto fields, Fields::of(body, "body"));
  CX_TRY(std::string unit, fields.text_or("unit", "", 1000));
  CX_TRY(const auto head,
         call.app.surveys().create(call.grant, json::serialize(document), std::move(unit), tongue_of(call)));
  return detail(call, head, 0, 201);
}

Result<Response> get_survey(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto version, call.number("version", 0, 0, 1'000'000));
  CX_TRY(const auto head, call.app.surveys().find(call.grant, id));
  return detail(call, head, static_cast<std::uint32_t>(version));
}

Result<Response> put_survey(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto body, read_body(call));
  CX_TRY(const auto document, document_in(body));
  CX_TRY(const auto head, call.app.surveys().put(call.grant, id, json::serialize(document), tongue_of(call)));
  return detail(call, head, 0);
}

Result<Response> move(Call& call, feedback::SurveyState to) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto head, call.app.surveys().move(call.grant, id, to));
  return answer(head_json(head));
}
Result<Response> open_survey(Call& call) { return move(call, feedback::SurveyState::kOpen); }
Result<Response> close_survey(Call& call) { return move(call, feedback::SurveyState::kClosed); }

// ---- links ------------------------------------------------------------------------------------------------

Response links_json(const std::vector<feedback::SurveyLink>& links, int status = 200) {
  json::array items;
  for (const auto& link : links)
    items.push_back(json::object{{"id", link.id.str()},
                                 {"kind", feedback::to_string(link.kind)},
                                 {"path", "/s/" + link.token},
                                 {"channel", link.channel},
                                 {"expires", time_or_null(link.expires)},
                                 {"opened", link.opened},
                                 {"created", time_text(link.created)},
                                 {"revoked", time_or_null(link.revoked)}});
  return answer(json::object{{"items", std::move(items)}}, status);
}

Result<Response> list_links(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto links, call.app.surveys().public_links(call.grant, id));
  return links_json(links);
}

Result<feedback::Respondent> read_person(const json::value& value) {
  CX_TRY(const auto fields, Fields::of(value, "people"));
  feedback::Respondent out;
  const json::value* list = fields.object().if_contains("customer");
  if (list == nullptr || !list->is_array() || list->get_array().size() > kIdentifiersMax)
    return fail(Code::kBadField, "'customer' is not a list of up to {} identifiers", kIdentifiersMax);
  for (const json::value& item : list->get_array()) {
    CX_TRY(const auto one, Fields::of(item, "customer"));
    CX_TRY(const auto kind_text, one.text("kind", 40));
    const auto kind = parse_identifier_kind(kind_text);
    if (!kind) return fail(Code::kBadField, "'kind': {}", kind_text);
    CX_TRY(auto text, one.text("value", EventLimits::kIdentifierBytesMax));
    out.identifiers.push_back({*kind, std::move(text)});
  }
  if (const json::value* traits = fields.object().if_contains("traits")) {
    CX_TRY(const auto values, Fields::of(*traits, "traits"));
    for (const auto& entry : values.object()) {
      const std::string_view name(entry.key().data(), entry.key().size());
      CX_TRY(out.traits[std::string(name)], values.text(name, 400));
    }
  }
  return out;
}

Result<std::vector<feedback::NewLink>> read_links(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  feedback::NewLink link;
  CX_TRY(const auto kind_text, fields.text("kind", 20));
  const auto kind = feedback::parse_link_kind(kind_text);
  if (!kind) return fail(Code::kBadField, "'kind' is none of public, single, personal");
  link.kind = *kind;
  CX_TRY(link.channel, fields.text_or("channel", "", 80));
  CX_TRY(const auto expires, fields.text_or("expires", "", 40));
  if (!expires.empty()) {
    CX_TRY(link.expires, parse_time(expires, call.app.zone()));
  }
  const json::value* people = fields.object().if_contains("people");
  std::vector<feedback::NewLink> out;
  if (*kind == feedback::LinkKind::kPersonal) {
    if (people == nullptr || !people->is_array() || people->get_array().empty() ||
        people->get_array().size() > kPeopleMax)
      return fail(Code::kBadField, "'people' is not a list of 1 to {}", kPeopleMax);
    for (const json::value& person : people->get_array()) {
      CX_TRY(link.person, read_person(person));
      out.push_back(link);
    }
    return out;
  }
  if (people != nullptr) return fail(Code::kBadField, "'people' is for personal links only");
  const json::value* count = fields.object().if_contains("count");
  std::int64_t wanted = 1;
  if (count != nullptr) wanted = count->is_int64() ? count->get_int64() : 0;
  const std::int64_t most = *kind == feedback::LinkKind::kPublic ? 1 : static_cast<std::int64_t>(kPeopleMax);
  if (wanted < 1 || wanted > most) return fail(Code::kBadField, "'count' is not 1 to {}", most);
  out.assign(static_cast<std::size_t>(wanted), link);
  return out;
}

Result<Response> make_links(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto wanted, read_links(call));
  CX_TRY(const auto links, call.app.surveys().make_links(call.grant, id, wanted));
  return links_json(links, 201);
}

/// By its number, or by its address: who passed it on knows no number.
Result<Response> revoke_link(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto number, fields.text_or("link", "", 20));
  CX_TRY(std::string path, fields.text_or("path", "", 2000));
  if (number.empty() == path.empty()) return fail(Code::kBadField, "'link' and 'path': one of them");
  if (!number.empty()) {
    CX_TRY(const auto link, parse_id<feedback::SurveyLinkId>(number));
    CX_TRY(call.app.surveys().revoke(call.grant, id, link));
  } else {
    // A whole address may be given: what counts is between "/s/" and a question mark.
    path = path.substr(0, path.find_first_of("?#"));
    if (const auto at = path.rfind("/s/"); at != std::string::npos) path = path.substr(at + 3);
    CX_TRY(call.app.surveys().revoke(call.grant, id, path));
  }
  return answer(json::object{{"revoked", true}});
}

// ---- results ----------------------------------------------------------------------------------------------

json::object score_json(const feedback::Scores& scores) {
  json::array distribution;
  for (const auto& bin : scores.distribution)
    distribution.push_back(json::object{{"score", bin.score}, {"count", bin.count}});
  return {{"instrument", scores.instrument},
          {"measure", feedback::to_string(scores.scale.measure)},
          {"scale_min", scores.scale.min},
          {"scale_max", scores.scale.max},
          {"value", number_or_null(scores.score.value)},
          {"low", number_or_null(scores.score.low)},
          {"high", number_or_null(scores.score.high)},
          {"n", scores.score.n},
          {"enough", scores.score.enough},
          {"distribution", std::move(distribution)}};
}

/// Of the events that the survey's own source holds: the same numbers as anywhere else with that source as
/// filter.
Result<json::array> scores_of(Call& call, const feedback::SurveyHead& head, SourceId source) {
  feedback::ScoreQuestion question{
      .filter = {}, .instrument = {}, .grain = query::Grain::kNone, .by = query::By::kNone};
  question.filter.range = {head.created, call.app.clock().now() + hours(24)};
  question.filter.zone = call.app.zone();
  question.filter.where = query::is(query::Field::kSource, {source.str()});
  CX_TRY(const auto first, feedback::scores(call.app.warehouse(), call.grant, question));
  json::array out;
  for (const auto& use : first.instruments) {
    question.instrument = use.instrument;
    CX_TRY(const auto scores, feedback::scores(call.app.warehouse(), call.grant, question));
    out.push_back(score_json(scores));
  }
  return out;
}

Result<Response> get_results(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto head, call.app.surveys().find(call.grant, id));
  CX_TRY(const auto funnel, call.app.surveys().funnel(call.grant, id));
  CX_TRY(const auto source, call.app.surveys().source(call.grant, id));
  json::object out{{"funnel", json::object{{"sent", funnel.sent},
                                           {"sent_opened", funnel.sent_opened},
                                           {"opened", funnel.opened},
                                           {"started", funnel.started},
                                           {"completed", funnel.completed},
                                           {"turned_away", funnel.turned_away}}},
                   {"source", source ? json::value(json::string(source->str())) : json::value(nullptr)},
                   {"scores", json::array{}}};
  if (source) {
    CX_TRY(out["scores"], scores_of(call, head, *source));
  }
  return answer(out);
}

Result<Response> diff_survey(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto from, call.number("from", 1, 1, 1'000'000));
  CX_TRY(const auto to, call.number("to", 0, 0, 1'000'000));
  CX_TRY(const auto before, call.app.surveys().document(call.grant, id, static_cast<std::uint32_t>(from)));
  CX_TRY(const auto after, call.app.surveys().document(call.grant, id, static_cast<std::uint32_t>(to)));
  json::array items;
  for (auto& one : feedback::diff(json::parse(before), json::parse(after)))
    items.push_back(json::object{{"kind", feedback::to_string(one.kind)},
                                 {"at", one.at},
                                 {"before", one.before},
                                 {"after", one.after}});
  return answer(json::object{{"items", std::move(items)}});
}

}  // namespace

void add_survey_handlers(Handlers& handlers) {
  handlers["listSurveys"] = list_surveys;
  handlers["listSurveyTemplates"] = list_templates;
  handlers["checkSurvey"] = check_survey;
  handlers["previewSurveyPage"] = preview_page;
  handlers["createSurvey"] = create_survey;
  handlers["getSurvey"] = get_survey;
  handlers["updateSurvey"] = put_survey;
  handlers["openSurvey"] = open_survey;
  handlers["closeSurvey"] = close_survey;
  handlers["listSurveyLinks"] = list_links;
  handlers["createSurveyLinks"] = make_links;
  handlers["getSurveyResults"] = get_results;
  handlers["diffSurvey"] = diff_survey;
  handlers["revokeSurveyLink"] = revoke_link;
  add_survey_round_handlers(handlers);
  add_survey_trigger_handlers(handlers);
  add_benchmark_handlers(handlers);
}

}  // namespace zhike::server
