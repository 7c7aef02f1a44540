// What the stored answers of a survey say: key drivers and indices.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "app/virtual.h"
#include "feedback/answer_columns.h"
#include "feedback/survey_drivers.h"
#include "feedback/survey_indices.h"
#include "feedback/survey_weights.h"
#include "server/analysis_json.h"
#include "server/api.h"
#include "server/driver_handlers.h"
#include "server/index_json.h"

namespace zhike::server {
namespace {

using feedback::AnswerColumn;
using feedback::SurveyId;

constexpr double kConditionHigh = 30;     // Belsley, Kuh and Welsch (1980), Regression Diagnostics, 3.2
constexpr std::int64_t kAnswerMax = 100;  // either side of zero: of any scale

json::object texts_json(const feedback::Texts& texts) { return {{"zh", texts.zh}, {"en", texts.en}}; }

json::object column_json(const AnswerColumn& column) {
  return {{"key", column.key},
          {"text", texts_json(column.text)},
          {"of", texts_json(column.of)},
          {"type", feedback::to_string(column.kind)},
          {"instrument", column.instrument},
          {"least", column.least},
          {"most", column.most},
          {"items", texts(column.items)}};
}

Result<Response> list_columns(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(auto filter, call.filter({}));
  CX_TRY(const auto survey, call.app.surveys().survey(call.grant, id));
  const auto columns = feedback::answer_columns(*survey);
  feedback::AnswersWanted wanted{.survey = id, .filter = std::move(filter), .keys = {}};
  for (const AnswerColumn& column : columns)
    if (!column.is_mean()) wanted.keys.push_back(column.key);
  CX_TRY(const auto counts,
         feedback::answer_counts(call.app.warehouse(), call.app.surveys(), call.grant, wanted));
  json::array list;
  for (const AnswerColumn& column : columns) {
    std::uint64_t answers = counts.responses;
    for (const std::string& item : column.items) {
      const auto at = std::ranges::find(wanted.keys, item) - wanted.keys.begin();
      answers = std::min(answers, counts.answers[static_cast<std::size_t>(at)]);
    }
    list.push_back(json::object{{"column", column_json(column)}, {"answers", answers}});
  }
  const auto usual = feedback::usual_choice(columns);
  return answer(
      json::object{{"responses", counts.responses},
                   {"columns", std::move(list)},
                   {"outcome", usual ? json::value(json::string(usual->outcome)) : json::value(nullptr)},
                   {"drivers", usual ? texts(usual->drivers) : json::array{}}});
}

Result<Response> get_drivers(Call& call) {
  static constexpr std::string_view kOwn[] = {"outcome", "drivers"};
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto found,
         feedback::survey_drivers(
             call.app.warehouse(), call.app.surveys(), call.grant, id, filter,
             {.outcome = std::string(call.param("outcome")), .drivers = words(call.param("drivers"))}));
  json::array drivers;
  for (std::size_t d = 0; d < found.drivers.size(); ++d) {
    json::object one = driver_json(found.found, d);
    one["column"] = column_json(found.drivers[d]);
    one["alpha"] = reliability_json(found.reliability[d]);
    drivers.push_back(std::move(one));
  }
  json::object out = analysis_json(found.found);
  out["outcome"] = column_json(found.outcome);
  out["responses"] = found.responses;
  out["cut"] = found.is_cut;
  out["complete"] = found.complete;
  out["needed"] = feedback::responses_needed(found.drivers.size());
  out["ample"] = feedback::responses_ample(found.drivers.size());
  out["unit"] = found.is_percent ? "percent" : "points";
  out["least"] = found.is_percent ? 0 : found.drivers[0].least;
  out["most"] = found.is_percent ? 100 : found.drivers[0].most;
  out["resamples"] = found.resamples;
  out["collinear"] = found.found.regression.condition > kConditionHigh;
  out["drivers"] = std::move(drivers);
  return answer(out);
}

// ---- indices ----------------------------------------------------------------------------------------------

Result<std::vector<double>> read_weights(std::string_view text) {
  std::vector<double> out;
  for (const std::string& word : words(text)) {
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size() || !std::isfinite(value) || value < 0)
      return fail(Code::kBadField, "'weights': {}", word);
    out.push_back(value);
  }
  const bool any = std::ranges::any_of(out, [](double v) { return v > 0; });
  if (!text.empty() && (out.size() != stats::kServqualDimensions || !any))
    return fail(Code::kBadField, "'weights' is not five numbers, of which one is above 0");
  return out;
}

Result<feedback::IndexWish> read_wish(const Call& call) {
  feedback::IndexWish out;
  CX_TRY(out.weights, read_weights(call.param("weights")));
  static constexpr std::string_view kNames[] = {"needs_from", "ease_from", "delight_from"};
  for (std::size_t l = 0; l < out.from.size(); ++l) {
    if (call.param(kNames[l]).empty()) continue;
    CX_TRY(out.from[l], call.number(kNames[l], 0, -kAnswerMax, kAnswerMax));
  }
  return out;
}

json::value servqual_of(const std::optional<feedback::ServqualIndex>& index) {
  if (!index) return nullptr;
  json::object out = servqual_json(index->found, stats::kRespondentsMin);
  json::array& items = out["items"].as_array();
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i].as_object()["column"] = column_json(index->items[i]);
  out["weights"] = feedback::to_string(index->weights);
  out["least"] = index->least;
  out["most"] = index->most;
  return out;
}

json::value pyramid_of(const std::optional<feedback::PyramidIndex>& index) {
  if (!index) return nullptr;
  json::object out = pyramid_json(index->found, stats::kRespondentsMin);
  json::array limits;
  for (std::size_t l = 0; l < index->columns.size(); ++l)
    limits.push_back(json::object{{"column", column_json(index->columns[l])}, {"from", index->from[l]}});
  out["limits"] = std::move(limits);
  return out;
}

Result<Response> get_indices(Call& call) {
  static constexpr std::string_view kOwn[] = {"weights", "needs_from", "ease_from", "delight_from"};
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto wish, read_wish(call));
  CX_TRY(const auto found,
         feedback::survey_indices(call.app.warehouse(), call.app.surveys(), call.grant, id, filter, wish));
  json::object out{{"responses", found.responses},
                   {"cut", found.is_cut},
                   {"servqual", servqual_of(found.servqual)},
                   {"gap", nullptr},
                   {"pyramid", pyramid_of(found.pyramid)}};
  if (found.gaps)
    out["gap"] = json::object{{"unit", found.gaps->is_percent ? "percent" : "points"},
                              {"gaps", gaps_json(found.gaps->found, stats::kRespondentsMin)}};
  return answer(out);
}

// ---- weights ----------------------------------------------------------------------------------------------

json::object margin_json(const feedback::WeightedMargin& margin, const feedback::SurveyWeights& found) {
  const auto share = [](std::uint64_t count, std::uint64_t of) {
    return of == 0 ? 0.0 : static_cast<double>(count) / static_cast<double>(of);
  };
  json::array levels;
  for (const auto& level : margin.levels)
    levels.push_back(json::object{{"level", level.level},
                                  {"invited", level.invited},
                                  {"answered", level.answered},
                                  {"invited_share", share(level.invited, found.invited)},
                                  {"answered_share", share(level.answered, found.answered)},
                                  {"weighted_share", level.weighted}});
  return {{"by", margin.by}, {"levels", std::move(levels)}};
}

Result<Response> get_weights(Call& call) {
  static constexpr std::string_view kOwn[] = {"by", "weight_max", "cell_min"};
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto filter, call.filter(kOwn));
  feedback::WeightWish wish;
  if (auto by = words(call.param("by")); !by.empty()) wish.by = std::move(by);
  CX_TRY(const auto most, call.number("weight_max", 5, 1, 1'000));
  CX_TRY(const auto least, call.number("cell_min", 5, 1, 100'000));
  wish.rake.weight_max = static_cast<double>(most);
  wish.rake.cell_min = static_cast<std::uint64_t>(least);
  CX_TRY(const auto found,
         feedback::survey_weights(call.app.warehouse(), call.app.surveys(), call.grant, id, filter, wish));
  json::array margins, scores, indices;
  for (const auto& one : found.margins) margins.push_back(margin_json(one, found));
  for (const auto& one : found.scores)
    scores.push_back(json::object{{"column", column_json(one.column)},
                                  {"measure", feedback::to_string(one.measure)},
                                  {"plain", mean_json(one.plain)},
                                  {"weighted", mean_json(one.weighted)}});
  for (const auto& one : found.indices)
    indices.push_back(json::object{{"key", one.key},
                                   {"measure", feedback::to_string(one.measure)},
                                   {"plain", mean_json(one.plain)},
                                   {"weighted", mean_json(one.weighted)}});
  return answer(json::object{{"invited", found.invited},
                             {"answered", found.answered},
                             {"unmatched", found.unmatched},
                             {"cut", found.is_cut},
                             {"effective", found.raked.effective},
                             {"design", found.raked.design},
                             {"largest", found.raked.largest},
                             {"trimmed", found.raked.trimmed},
                             {"gap", found.raked.gap},
                             {"margins", std::move(margins)},
                             {"scores", std::move(scores)},
                             {"indices", std::move(indices)}});
}

// ---- figures of the indices -------------------------------------------------------------------------------

Result<Response> get_index_figures(Call& call) {
  static constexpr std::string_view kOwn[] = {"weights", "needs_from", "ease_from", "delight_from",
                                              "compare", "grain",      "by"};
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  feedback::IndexQuestion question;
  CX_TRY(question.filter, call.filter(kOwn));
  CX_TRY(question.wish, read_wish(call));
  if (!call.param("compare").empty()) {
    CX_TRY(question.compare, query::parse_compare(call.param("compare")));
  }
  if (!call.param("grain").empty()) {
    CX_TRY(question.grain, query::parse_grain(call.param("grain")));
  }
  const std::string_view by = call.param("by");
  const bool by_segment = by.find('.') != by.npos;
  if (!by.empty() && !by_segment) {
    CX_TRY(question.by, query::parse_by(by));
  }
  CX_TRY(const auto found, by_segment ? app::index_figures_by(call.app, call.grant, id, question, by)
                                      : feedback::index_figures(call.app.warehouse(), call.app.surveys(),
                                                                call.grant, id, question));
  return answer(index_figures_json(found));
}

}  // namespace

void add_survey_analysis_handlers(Handlers& handlers) {
  handlers["listSurveyColumns"] = list_columns;
  handlers["getSurveyDrivers"] = get_drivers;
  handlers["getSurveyIndices"] = get_indices;
  add_driver_handlers(handlers);
  handlers["getSurveyWeights"] = get_weights;
  handlers["getSurveyIndexFigures"] = get_index_figures;
}

}  // namespace zhike::server
