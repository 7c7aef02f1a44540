#include "server/journey_map_json.h"

#include <memory>
#include <utility>

#include "feedback/readings.h"
#include "ingest/touchpoints.h"
#include "text/comment.h"

namespace zhike::server {
namespace {

json::object figure_json(const journey::MapFigure& figure) {
  json::object out{
      {"n", figure.n}, {"value", number_or_null(figure.value)}, {"low", nullptr}, {"high", nullptr}};
  if (figure.interval) {
    out["low"] = number_or_null(figure.interval->low);
    out["high"] = number_or_null(figure.interval->high);
  }
  return out;
}

json::object estimated_json(const stats::Estimated& one) {
  json::object out{{"value", number_or_null(one.value)}, {"low", nullptr}, {"high", nullptr}};
  if (one.interval) {
    out["low"] = number_or_null(one.interval->low);
    out["high"] = number_or_null(one.interval->high);
  }
  return out;
}

json::array counts_json(const std::vector<journey::MapCount>& counts) {
  json::array out;
  for (const auto& one : counts)
    out.push_back(json::object{
        {"key", one.key}, {"journeys", one.journeys}, {"customers", one.customers}, {"events", one.events}});
  return out;
}

json::array feelings_json(const journey::MapStage& stage) {
  json::array out;
  for (const auto& one : stage.feelings)
    out.push_back(json::object{{"source", one.source},
                               {"level", figure_json(one.level)},
                               {"marks", one.marks},
                               {"below", one.below},
                               {"above", one.above}});
  return out;
}

json::array pains_json(const journey::MapStage& stage) {
  json::array out;
  for (const auto& one : stage.pains)
    out.push_back(json::object{{"detector", one.name.detector},
                               {"place", one.name.place},
                               {"other", one.name.other},
                               {"journeys", one.journeys},
                               {"customers", one.customers},
                               {"share", figure_json(one.share)},
                               {"moment", one.moment}});
  return out;
}

json::array verbatims_json(const journey::MapStage& stage, const MapAnswer& answer) {
  json::array out;
  for (const auto* events : {&stage.worst, &stage.best})
    for (const std::uint64_t event : *events) {
      const auto found = answer.said.find(event);
      if (found == answer.said.end()) continue;
      const feedback::CommentView& view = found->second;
      std::string text;
      for (const auto& piece : view.pieces) text += piece.text;
      out.push_back(json::object{
          {"event_id", std::to_string(event)},
          {"at", time_text(view.said.at)},
          {"customer_id", view.said.customer.str()},
          {"customer", view.said.name},
          {"sentiment", view.sentiment ? text::to_string(*view.sentiment) : std::string_view("unknown")},
          {"text", text}});
    }
  return out;
}

json::array stages_json(const journey::JourneyMap& map, const MapAnswer& answer) {
  json::array out;
  for (const auto& stage : map.stages) {
    json::array emotions;
    for (const auto& one : stage.emotions)
      emotions.push_back(json::object{{"label", one.label}, {"n", one.n}});
    out.push_back(json::object{{"stage", stage.stage},
                               {"owner", stage.owner},
                               {"journeys", stage.journeys},
                               {"customers", stage.customers},
                               {"events", stage.events},
                               {"ended", stage.ended},
                               {"reach", figure_json(stage.reach)},
                               {"wait_ms", figure_json(stage.wait)},
                               {"wait_p90_ms", figure_json(stage.wait_p90)},
                               {"effort", figure_json(stage.effort)},
                               {"ces", figure_json(stage.ces)},
                               {"touchpoints", counts_json(stage.touchpoints)},
                               {"channels", counts_json(stage.channels)},
                               {"actions", counts_json(stage.actions)},
                               {"moments", texts(stage.moments)},
                               {"feelings", feelings_json(stage)},
                               {"emotions", std::move(emotions)},
                               {"pains", pains_json(stage)},
                               {"verbatims", verbatims_json(stage, answer)}});
  }
  return out;
}

json::object whole_json(const journey::JourneyMap& map, const MapAnswer& answer) {
  return {{"journeys", map.journeys},
          {"customers", map.customers},
          {"events", map.events},
          {"complete", map.complete},
          {"stages", stages_json(map, answer)}};
}

/// The comments that the map shows, as far as they may be shown.
Result<void> read_comments(app::App& app, const Grant& grant, const query::Filter& filter,
                           MapAnswer& answer) {
  feedback::CommentFilter wanted{.events = filter};
  for (const auto& stage : answer.map.stages)
    for (const auto* events : {&stage.worst, &stage.best})
      wanted.ids.insert(wanted.ids.end(), events->begin(), events->end());
  if (wanted.ids.empty()) return {};
  if (wanted.ids.size() > feedback::CommentFilter::kIdsMax)
    wanted.ids.resize(feedback::CommentFilter::kIdsMax);
  CX_TRY(const auto models, app.readings().models());
  CX_TRY(const auto first, query::parse_cursor(""));
  CX_TRY(auto page, feedback::comments(
                        {.client = app.warehouse(), .reading = app.readings().status().reading}, *models,
                        [&](CustomerId customer) { return app.names().of(customer); }, grant, wanted, first,
                        static_cast<std::uint32_t>(wanted.ids.size())));
  for (auto& view : page.items) answer.said.emplace(view.said.event_id, std::move(view));
  return {};
}

std::string_view refusal(stats::PeakEndRefusal why) {
  switch (why) {
    case stats::PeakEndRefusal::kNone:
      return "";
    case stats::PeakEndRefusal::kTooFew:
      return "too_few";
    case stats::PeakEndRefusal::kNoScatter:
      return "no_scatter";
  }
  return {};
}

json::object models_json(const stats::PeakEnd& found) {
  const auto or_null = [](const std::optional<stats::Estimated>& one) {
    return one ? json::value(estimated_json(*one)) : json::value(nullptr);
  };
  std::string_view better = "undecided";
  if (found.difference.interval && found.difference.interval->low > 0) better = "peak_end";
  if (found.difference.interval && found.difference.interval->high < 0) better = "average";
  return {{"journeys", found.journeys},
          {"customers", found.groups},
          {"r2_peak", estimated_json(found.peak_r2)},
          {"r2_end", estimated_json(found.end_r2)},
          {"r2_average", estimated_json(found.average_r2)},
          {"r2_peak_end", estimated_json(found.peak_end_r2)},
          {"difference", estimated_json(found.difference)},
          {"better", better},
          {"peak_weight", or_null(found.peak_weight)},
          {"end_weight", or_null(found.end_weight)}};
}

}  // namespace

Result<query::Filter> filter_with(const Call& call, std::string_view condition,
                                  std::span<const std::string_view> own) {
  Request request = call.request;
  // A persona is a condition too: another takes its place.
  std::erase_if(request.query,
                [](const auto& pair) { return pair.first == "where" || pair.first == "persona"; });
  request.query.emplace_back("where", std::string(condition));
  const Call other{.request = request,
                   .params = call.params,
                   .app = call.app,
                   .telemetry = call.telemetry,
                   .grant = call.grant,
                   .session = {}};
  return other.filter(own);
}

Result<MapAnswer> ask_map(app::App& app, const Grant& grant, const query::Filter& filter,
                          const journey::Definition& definition, const MapCompare& compare) {
  const journey::MapOptions options{
      .definition = definition, .reading = app.readings().status().reading, .order = app.stage_order()};
  MapAnswer out{.map = {}, .compare = compare.asked};
  CX_TRY(out.map, journey::map(app.warehouse(), grant, filter, options));
  if (compare.other) {
    CX_TRY(out.other, journey::map(app.warehouse(), grant, *compare.other, options));
  }
  CX_TRY(read_comments(app, grant, filter, out));
  return out;
}

json::object map_json(const MapAnswer& answer, const journey::Definition& definition) {
  json::array scales, differences;
  for (const auto& scale : journey::feeling_scales())
    scales.push_back(
        json::object{{"instrument", scale.instrument}, {"worst", scale.worst}, {"best", scale.best}});
  json::object out = whole_json(answer.map, answer);
  out["definition"] = definition.key;
  out["scales"] = std::move(scales);
  out["compare"] = answer.compare;
  out["other"] = nullptr;
  if (answer.other) {
    out["other"] = whole_json(*answer.other, {});
    for (const auto& one : journey::compare(*answer.other, answer.map))
      differences.push_back(json::object{{"stage", one.stage},
                                         {"measure", one.measure},
                                         {"other", one.first},
                                         {"this", one.second},
                                         {"difference", one.difference},
                                         {"low", one.interval.low},
                                         {"high", one.interval.high},
                                         {"holds", one.holds()}});
  }
  out["differences"] = std::move(differences);
  return out;
}

journey::MapWords map_words(app::App& app, const journey::Definition& definition, Language language) {
  const bool chinese = language == Language::kChinese;
  const auto pick = [chinese](const std::string& en, const std::string& zh) {
    const std::string &first = chinese ? zh : en, &second = chinese ? en : zh;
    return first.empty() ? second : first;
  };
  journey::MapWords out{
      .title = pick(definition.name_en, definition.name_zh), .chinese = chinese, .name = {}};
  if (out.title.empty()) out.title = chinese ? "全部旅程" : "All journeys";
  out.name = [catalogue = app.touchpoints().current(), pick](journey::MapName kind, std::string_view key) {
    const auto& terms = kind == journey::MapName::kStage     ? catalogue->stages
                        : kind == journey::MapName::kChannel ? catalogue->channels
                                                             : catalogue->touchpoints;
    for (const auto& term : terms)
      if (term.key == key) return pick(term.name_en, term.name_zh);
    return std::string(key);
  };
  return out;
}

Result<journey::PeakEndReport> ask_peak_end(app::App& app, const Grant& grant, const query::Filter& filter,
                                            const journey::Definition& definition,
                                            std::string_view instrument) {
  return journey::peak_end(app.warehouse(), grant, filter,
                           {.definition = definition,
                            .reading = app.readings().status().reading,
                            .instrument = std::string(instrument)});
}

json::object peak_end_json(const journey::PeakEndReport& report) {
  json::array stages, examples;
  for (const auto& one : report.stages)
    stages.push_back(json::object{{"stage", one.stage},
                                  {"peak_share", one.peak_share},
                                  {"end_share", one.end_share},
                                  {"gain", estimated_json(one.gain)}});
  for (const auto& one : report.worst)
    examples.push_back(json::object{{"customer", CustomerId{one.customer}.str()},
                                    {"began", time_text(one.began)},
                                    {"overall", one.overall},
                                    {"peak", one.peak},
                                    {"end", one.end},
                                    {"average", one.average}});
  return {
      {"instrument", report.instrument},
      {"answered", report.answered},
      {"read", report.read},
      {"used", report.used},
      {"refused", refusal(report.answer.why)},
      {"needed_journeys", stats::kPeakEndJourneysLeast},
      {"needed_customers", stats::kPeakEndGroupsLeast},
      {"models", report.answer.found ? json::value(models_json(*report.answer.found)) : json::value(nullptr)},
      {"stages", std::move(stages)},
      {"examples", std::move(examples)}};
}

}  // namespace zhike::server
