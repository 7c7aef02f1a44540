#include "server/experience_json.h"

#include <optional>
#include <utility>

#include "govern/audit.h"
#include "server/journey_json.h"

namespace zhike::server {
namespace {

json::object figure_json(const journey::ExperienceFigure& figure) {
  json::object out{{"n", figure.n},
                   {"customers", figure.customers},
                   {"value", number_or_null(figure.value)},
                   {"low", nullptr},
                   {"high", nullptr},
                   {"refused", journey::to_string(figure.refused)}};
  if (figure.interval) {
    out["low"] = number_or_null(figure.interval->low);
    out["high"] = number_or_null(figure.interval->high);
  }
  return out;
}

json::object score_json(const journey::ExperienceScore& score) {
  json::array parts;
  for (const auto& one : score.parts)
    parts.push_back(json::object{{"part", journey::to_string(one.part)},
                                 {"figure", figure_json(one.figure)},
                                 {"weight", one.weight},
                                 {"counts", one.counts}});
  return {{"cases", score.cases},
          {"customers", score.customers},
          {"complete", score.complete},
          {"score", figure_json(score.score)},
          {"weight", score.weight},
          {"parts", std::move(parts)},
          {"effort", figure_json(score.effort)},
          {"step_count", figure_json(score.steps)},
          {"load_seconds", figure_json(score.seconds)}};
}

json::object whole_json(const journey::Experience& found) {
  json::array channels;
  for (const auto& one : found.channels) {
    json::object row = score_json(one.score);
    row["channel"] = one.channel;
    channels.push_back(std::move(row));
  }
  json::object out = score_json(found.all);
  out["shortest"] = nullptr;
  if (found.shortest) out["shortest"] = *found.shortest;
  out["channels"] = std::move(channels);
  return out;
}

json::object process_json(const ProcessAnswer& answer) {
  json::array changes;
  for (const auto& one : answer.report.changes)
    changes.push_back(json::object{{"what", one.what},
                                   {"other", one.first},
                                   {"this", one.second},
                                   {"difference", one.change.difference},
                                   {"low", one.change.interval.low},
                                   {"high", one.change.interval.high},
                                   {"holds", one.change.holds()}});
  json::object out{{"definition", answer.definition.key},
                   {"name_en", answer.definition.name_en},
                   {"name_zh", answer.definition.name_zh},
                   {"found", whole_json(answer.report.found)},
                   {"other", nullptr},
                   {"changes", std::move(changes)}};
  if (answer.report.other) out["other"] = whole_json(*answer.report.other);
  return out;
}

}  // namespace

journey::ExperienceBook experience_book(app::App& app) {
  return {app.ledger(), govern::Audit(app.keys()), app.clock()};
}

Result<ExperienceAnswer> ask_experience(app::App& app, const Grant& grant, const query::Filter& filter,
                                        std::string_view key, const MapCompare& compare) {
  ExperienceAnswer out{.compare = compare.asked, .settings = {}, .items = {}};
  CX_TRY(out.settings, experience_book(app).current());
  std::vector<journey::Definition> wanted;
  if (key.empty()) {
    CX_TRY(auto book, definitions_of(app).current());
    wanted = std::move(book.items);
  } else {
    CX_TRY(wanted.emplace_back(), definition_of(app, key));
  }
  for (journey::Definition& definition : wanted) {
    CX_TRY(auto report,
           journey::experience(app.warehouse(), grant, filter, compare.other, definition, out.settings));
    out.items.push_back({.definition = std::move(definition), .report = std::move(report)});
  }
  return out;
}

json::object experience_json(const ExperienceAnswer& answer) {
  json::array items;
  for (const auto& one : answer.items) items.push_back(process_json(one));
  return {{"compare", answer.compare},
          {"weight_least", journey::kExperienceWeightLeast},
          {"customers_least", journey::kExperienceLeast},
          {"items", std::move(items)}};
}

}  // namespace zhike::server
