// Rounds of surveys: who is asked, why others not, and how far they came.
#include <algorithm>

#include "app/connectors.h"
#include "connector/kinds.h"
#include "feedback/rounds.h"
#include "query/parse.h"
#include "server/customer_list_json.h"
#include "server/survey_rounds.h"
#include "stats/interval.h"

namespace zhike::server {
namespace {

using feedback::RoundId;
using feedback::SurveyId;

constexpr std::size_t kCustomersMax = 100'000, kFilterKeysMax = 30, kFilterBytesMax = 4'000,
                      kListBytesMax = 120;

/// With line ends, which Fields::text() refuses.
Result<std::string> long_text(const Fields& fields, std::string_view name) {
  const json::value* value = fields.object().if_contains(name);
  if (value == nullptr) return std::string();
  if (!value->is_string()) return fail(Code::kBadField, "'{}' is not a text", name);
  return std::string(value->get_string());
}

Result<feedback::Message> message_in(const Fields& fields) {
  feedback::Message out;
  CX_TRY(out.subject, fields.text_or("subject", "", 300));
  CX_TRY(out.text, long_text(fields, "text"));
  return out;
}

using FilterTexts = std::vector<std::pair<std::string, std::string>>;

/// As Call::filter() reads the query string.
Result<query::Filter> filter_of(const Call& call, const FilterTexts& texts) {
  const std::vector<std::pair<std::string_view, std::string_view>> pairs(texts.begin(), texts.end());
  const auto tree = call.app.units().current();
  CX_TRY(const auto defaults, call.app.filter_defaults(call.grant, *tree, true));
  CX_TRY(query::Filter out, query::parse_filter(pairs, defaults));
  CX_TRY(call.app.externals().resolve(call.grant, out));
  return out;
}

Result<void> read_population(const Call& call, const Fields& fields, feedback::RoundPlan& plan) {
  CX_TRY(const auto listed, fields.list_or_empty("customers", kCustomersMax));
  for (const std::string& text : listed) {
    CX_TRY(plan.customers.emplace_back(), parse_id<CustomerId>(text));
  }
  const json::value* filter = fields.object().if_contains("filter");
  CX_TRY(const auto kept, fields.text_or("list", "", kListBytesMax));
  const int named = (filter != nullptr ? 1 : 0) + (plan.customers.empty() ? 0 : 1) + (kept.empty() ? 0 : 1);
  if (named > 1) return fail(Code::kBadField, "'customers', 'list' and 'filter': one of them");
  if (!kept.empty()) {
    CX_TRY(const auto subjects, customer_lists_of(call.app).subjects(call.grant, kept));
    for (const SubjectId subject : subjects) plan.customers.push_back({subject.value});
  }
  FilterTexts texts;
  if (filter != nullptr) {
    CX_TRY(const auto conditions, Fields::of(*filter, "filter"));
    if (conditions.object().size() > kFilterKeysMax)
      return fail(Code::kBadField, "'filter': up to {} conditions", kFilterKeysMax);
    for (const auto& entry : conditions.object()) {
      const std::string name(entry.key());
      CX_TRY(std::string value, conditions.text(name, kFilterBytesMax));
      texts.emplace_back(name, std::move(value));
    }
  }
  std::ranges::sort(texts);
  CX_TRY(plan.filter, filter_of(call, texts));
  json::object written;
  for (const auto& [name, value] : texts) written[name] = value;
  plan.filter_text = json::serialize(written);
  return {};
}

Result<feedback::RoundPlan> read_plan(const Call& call, const Fields& fields) {
  feedback::RoundPlan plan;
  CX_TRY(read_population(call, fields, plan));
  constexpr std::uint64_t kMost = feedback::Rounds::kAskedMax, kSeedMax = (1ULL << 53U) - 1;
  CX_TRY(const auto sample, whole(fields, "sample", 0, kMost));
  plan.sample = static_cast<std::uint32_t>(sample);
  if (fields.has("seed")) {
    CX_TRY(plan.seed, whole(fields, "seed", 0, kSeedMax));
  }
  CX_TRY(const auto silent, whole(fields, "silent_days", 0, feedback::Rounds::kDaysMax));
  plan.silent_days = static_cast<std::uint32_t>(silent);
  CX_TRY(read_how(call, fields, plan));
  CX_TRY(const auto expires, fields.text_or("expires", "", 40));
  if (!expires.empty()) {
    CX_TRY(plan.expires, parse_time(expires, call.app.zone()));
  }
  return plan;
}

json::object outcome_json(const feedback::RoundOutcome& outcome) {
  json::array left;
  for (std::size_t i = 0; i < feedback::kLeftCount; ++i)
    if (outcome.left[i] != 0)
      left.push_back(json::object{{"why", feedback::to_string(static_cast<feedback::Left>(i))},
                                  {"count", outcome.left[i]}});
  return {{"population", outcome.population},
          {"looked_at", outcome.looked_at},
          {"asked", outcome.asked},
          {"left", std::move(left)},
          {"seed", outcome.seed}};
}

json::object rate_json(std::uint64_t hits, std::uint64_t sent) {
  if (sent == 0) return {{"value", nullptr}, {"low", nullptr}, {"high", nullptr}};
  const stats::Share share{.hits = std::min(hits, sent), .n = sent};
  const auto interval = stats::wilson(share);
  return {{"value", share.value()},
          {"low", interval ? json::value(interval->low) : json::value(nullptr)},
          {"high", interval ? json::value(interval->high) : json::value(nullptr)}};
}

json::object round_json(const feedback::Round& round) {
  const json::object spec = json::parse(round.spec).as_object();
  const auto number = [&](std::string_view key) {
    const json::value* value = spec.if_contains(key);
    return value == nullptr ? 0 : value->to_number<std::uint64_t>();
  };
  const json::value* filter = spec.if_contains("filter");
  return {{"id", round.id.str()},
          {"key", round.key},
          {"created", time_text(round.created)},
          {"by", user_or_null(round.actor)},
          {"channel", round.channel},
          {"connector",
           round.connector == 0 ? json::value(nullptr) : json::value(std::to_string(round.connector))},
          {"expires", time_or_null(round.expires)},
          {"told", time_or_null(round.told)},
          {"filter", filter == nullptr ? json::value(nullptr) : *filter},
          {"silent_days", number("silent_days")},
          {"sample", number("sample")},
          {"reminders", round.reminders},
          {"remind_days", round.remind_days},
          {"outcome", outcome_json(round.outcome)},
          {"funnel", funnel_json(round.funnel)},
          {"waiting", round.waiting},
          {"reminded", round.reminded},
          {"given_up", round.given_up}};
}

Result<Response> list_rounds(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto rounds, call.app.surveys().rounds().list(call.grant, id));
  CX_TRY(const auto by_channel, call.app.surveys().rounds().channels(call.grant, id));
  json::array items, channels;
  for (const auto& round : rounds) items.push_back(round_json(round));
  for (const auto& one : by_channel)
    channels.push_back(json::object{{"channel", one.channel}, {"funnel", funnel_json(one.funnel)}});
  return answer(json::object{{"items", std::move(items)}, {"channels", std::move(channels)}});
}

Result<Response> preview_round(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto plan, read_plan(call, fields));
  CX_TRY(const auto outcome, call.app.surveys().rounds().preview(call.grant, id, plan));
  return answer(outcome_json(outcome));
}

Result<Response> create_round(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto key, fields.text("key", 80));
  CX_TRY(const auto plan, read_plan(call, fields));
  CX_TRY(const auto round, call.app.surveys().rounds().make(call.grant, id, key, plan));
  return answer(round_json(round), round.is_new ? 201 : 200);
}

Result<Response> tell_links(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto round, call.id<RoundId>("round"));
  CX_TRY(const auto told, call.app.surveys().rounds().tell(call.grant, id, round));
  json::array items;
  for (const auto& one : told)
    items.push_back(json::object{{"customer", one.customer.str()}, {"path", "/s/" + one.token}});
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> start_interview(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto text, fields.text("customer", 20));
  CX_TRY(const auto customer, parse_id<CustomerId>(text));
  CX_TRY(auto channel, fields.text_or("channel", "phone", 80));
  CX_TRY(const auto made,
         call.app.surveys().rounds().interview(call.grant, id, customer, std::move(channel)));
  return answer(json::object{{"path", "/s/" + made.link.token}, {"asked", time_or_null(made.asked)}}, 201);
}

}  // namespace

Result<std::uint64_t> whole(const Fields& fields, std::string_view name, std::uint64_t otherwise,
                            std::uint64_t most) {
  const json::value* value = fields.object().if_contains(name);
  if (value == nullptr) return otherwise;
  if (!value->is_int64() || value->get_int64() < 0 || static_cast<std::uint64_t>(value->get_int64()) > most)
    return fail(Code::kBadField, "'{}' must be a whole number from 0 to {}", name, most);
  return static_cast<std::uint64_t>(value->get_int64());
}

Result<void> read_how(const Call& call, const Fields& fields, feedback::RoundPlan& plan) {
  CX_TRY(const auto reminders, whole(fields, "reminders", 0, feedback::Rounds::kRemindersMax));
  plan.reminders = static_cast<std::uint32_t>(reminders);
  CX_TRY(const auto remind, whole(fields, "remind_days", 0, feedback::Rounds::kDaysMax));
  plan.remind_days = static_cast<std::uint32_t>(remind);
  CX_TRY(plan.channel, fields.text_or("channel", "", 80));
  CX_TRY(const auto writer, fields.text_or("connector", "", 20));
  if (!writer.empty()) {
    CX_TRY(const auto id, parse_id<connector::ConnectorId>(writer));
    CX_TRY(const auto known, call.app.connectors().find(id));
    if (!known.connector->kind->writes) return fail(Code::kBadField, "'connector' writes to nobody");
    plan.connector = id.value;
  }
  CX_TRY(plan.message, message_in(fields));
  const json::value* own = fields.object().if_contains("messages");
  if (own == nullptr) return {};
  CX_TRY(const auto languages, Fields::of(*own, "messages"));
  for (const auto& [name, target] : {std::pair{"zh", &plan.zh}, std::pair{"en", &plan.en}}) {
    const json::value* written = languages.object().if_contains(name);
    if (written == nullptr) continue;
    CX_TRY(const auto inside, Fields::of(*written, name));
    CX_TRY(*target, message_in(inside));
    if (target->text.empty()) return fail(Code::kBadField, "'messages': the text in '{}' is missing", name);
  }
  return {};
}

json::object funnel_json(const feedback::AskedFunnel& funnel) {
  return {{"sent", funnel.sent},
          {"opened", funnel.opened},
          {"started", funnel.started},
          {"completed", funnel.completed},
          {"opened_rate", rate_json(funnel.opened, funnel.sent)},
          {"started_rate", rate_json(funnel.started, funnel.sent)},
          {"completed_rate", rate_json(funnel.completed, funnel.sent)}};
}

void add_survey_round_handlers(Handlers& handlers) {
  handlers["listSurveyRounds"] = list_rounds;
  handlers["previewSurveyRound"] = preview_round;
  handlers["createSurveyRound"] = create_round;
  handlers["tellRoundLinks"] = tell_links;
  handlers["startInterview"] = start_interview;
}

}  // namespace zhike::server
