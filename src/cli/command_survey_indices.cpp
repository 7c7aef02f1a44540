// zhike survey indices: SERVQUAL, the gaps and the pyramid of a survey, by group, time, and beside others.
#include <fmt/format.h>

#include "app/virtual.h"
#include "cli/opened.h"
#include "cli/survey_commands.h"
#include "feedback/index_figures.h"
#include "server/index_json.h"
#include "stats/servqual.h"

namespace zhike::cli {
namespace {

std::string shown(const stats::WeightedMean& mean) {
  if (mean.n < stats::kRespondentsMin) return fmt::format("n = {}", mean.n);
  if (!mean.interval) return fmt::format("{:.3f}", mean.value);
  return fmt::format("{:.3f} ({:.3f} … {:.3f})", mean.value, mean.interval->low, mean.interval->high);
}

std::string shown(const std::optional<stats::Change>& change) {
  if (!change) return "-";
  return fmt::format("{:+.3f}{}", change->difference, change->significant() ? " *" : "");
}

std::string shown(const feedback::IndexCompared& one) {
  return fmt::format("{} {}: {:.3f}, {}", one.benchmark.source, one.benchmark.period, one.benchmark.value,
                     one.difference ? stats::to_string(one.difference->standing) : "-");
}

Result<void> say_indices(Console& console, app::App& app, const SurveyOptions& options) {
  CX_TRY(const auto head, find_survey(app, options.survey));
  feedback::IndexQuestion question;
  CX_TRY(question.filter, filter_of(app, options.filters));
  CX_TRY(question.compare, query::parse_compare(options.compare));
  CX_TRY(question.grain, query::parse_grain(options.grain));
  const bool by_segment = options.by.find('.') != options.by.npos;
  if (!by_segment) {
    CX_TRY(question.by, query::parse_by(options.by));
  }
  CX_TRY(const auto found,
         by_segment
             ? app::index_figures_by(app, Grant::owner(), head.id, question, options.by)
             : feedback::index_figures(app.warehouse(), app.surveys(), Grant::owner(), head.id, question));
  std::vector<std::vector<std::string>> rows{{std::string(console.pick("figure", "指标")), "n",
                                              std::string(console.pick("value", "数值")),
                                              std::string(console.pick("change", "变化"))}};
  for (const auto& figure : found.figures) {
    rows.push_back({figure.key, std::to_string(figure.score.n), shown(figure.score), shown(figure.change)});
    for (const auto& group : figure.groups)
      rows.push_back({"  " + group.key, std::to_string(group.score.n), shown(group.score), ""});
    for (const auto& point : figure.series)
      if (point.score.n > 0)
        rows.push_back({"  " + format_utc(point.at).substr(0, 10), std::to_string(point.score.n),
                        shown(point.score), ""});
    for (const auto& one : figure.benchmarks) rows.push_back({"  " + shown(one), "", "", ""});
  }
  console.say(table(rows));
  console.result(server::index_figures_json(found));
  return {};
}

}  // namespace

int survey_indices(Console& console, const SurveyOptions& options) {
  return with_app(console, [&](app::App& app) { return say_indices(console, app, options); });
}

}  // namespace zhike::cli
