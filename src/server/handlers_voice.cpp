// The voice of the customer: scores and verbatims.
#include "app/virtual.h"
#include "feedback/feedback.h"
#include "server/api.h"

namespace zhike::server {
namespace {

void put_score(json::object& out, const feedback::Score& score) {
  out["value"] = number_or_null(score.value);
  out["low"] = number_or_null(score.low);
  out["high"] = number_or_null(score.high);
  out["n"] = score.n;
}

Result<Response> get_scores(Call& call) {
  static constexpr std::string_view kOwn[] = {"instrument", "grain", "by"};
  feedback::ScoreQuestion question;
  CX_TRY(question.filter, call.filter(kOwn));
  question.instrument = call.param("instrument");
  question.grain = query::grain_for(question.filter.range);
  if (!call.param("grain").empty()) {
    CX_TRY(question.grain, query::parse_grain(call.param("grain")));
  }
  const std::string_view by = call.param("by");
  const bool by_segment = by.find('.') != by.npos;
  if (!by.empty() && !by_segment) {
    CX_TRY(question.by, query::parse_by(by));
  }
  CX_TRY(const auto scores, by_segment ? app::scores_by(call.app, call.grant, question, by)
                                       : feedback::scores(call.app.warehouse(), call.grant, question));
  json::array distribution, series, groups, instruments;
  for (const auto& bin : scores.distribution)
    distribution.push_back(json::object{{"score", bin.score}, {"count", bin.count}});
  for (const auto& point : scores.series) {
    json::object entry{{"at", time_text(point.at)}};
    put_score(entry, point.score);
    series.push_back(std::move(entry));
  }
  for (const auto& group : scores.groups) {
    json::object entry{{"group", group.key}, {"enough", group.score.enough}};
    put_score(entry, group.score);
    groups.push_back(std::move(entry));
  }
  for (const auto& use : scores.instruments)
    instruments.push_back(json::object{{"instrument", use.instrument}, {"answers", use.answers}});
  json::object out{{"instrument", scores.instrument},
                   {"measure", feedback::to_string(scores.scale.measure)},
                   {"scale_min", scores.scale.min},
                   {"scale_max", scores.scale.max},
                   {"grain", query::to_string(scores.grain)},
                   {"mean", number_or_null(scores.mean)},
                   {"enough", scores.score.enough},
                   {"distribution", std::move(distribution)},
                   {"series", std::move(series)},
                   {"groups", std::move(groups)},
                   {"instruments", std::move(instruments)}};
  put_score(out, scores.score);
  return answer(out);
}

Result<Response> list_verbatims(Call& call) {
  static constexpr std::string_view kOwn[] = {"cursor", "limit"};
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto before, call.cursor());
  CX_TRY(const auto count, call.limit());
  CX_TRY(const auto page,
         feedback::verbatims(
             call.app.warehouse(), [&](CustomerId customer) { return call.app.names().of(customer); },
             call.grant, filter, before, count));
  json::array items;
  for (const auto& v : page.items)
    items.push_back(json::object{{"event_id", std::to_string(v.event_id)},
                                 {"at", time_text(v.at)},
                                 {"customer_id", v.customer.str()},
                                 {"customer", v.name},
                                 {"channel", v.channel},
                                 {"touchpoint", v.touchpoint},
                                 {"stage", v.stage},
                                 {"unit", v.unit},
                                 {"instrument", v.instrument},
                                 {"score", number_or_null(v.score)},
                                 {"text", v.text}});
  return answer(json::object{{"items", std::move(items)}, {"next_cursor", next_cursor(page.next)}});
}

}  // namespace

void add_voice_handlers(Handlers& handlers) {
  handlers["getVoiceScores"] = get_scores;
  handlers["listVerbatims"] = list_verbatims;
}

}  // namespace zhike::server
