#include "app/virtual.h"

#include <algorithm>

namespace zhike::app {

external::Reach reach_of(const Config& config) {
  external::Reach out{
      .hosts = connector::Hosts(config.text("virtual.allowed_hosts"), config.text("virtual.private_hosts")),
      .folders = {},
      .engine = config.text("engine.program")};
  std::string_view rest = config.text("virtual.allowed_folders");
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    std::string_view one = rest.substr(0, end);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    std::error_code error;
    auto folder = std::filesystem::canonical(one, error);
    if (!error && std::filesystem::is_directory(folder, error)) out.folders.push_back(std::move(folder));
  }
  return out;
}

Result<metric::Answer> compute_by(App& app, const Grant& grant, const metric::Metric& metric,
                                  metric::Question question, std::string_view column) {
  CX_TRY(const external::Groups found, app.externals().groups(grant, column));
  question.by = query::By::kNone;
  CX_TRY(metric::Answer out, metric::compute(app.warehouse(), grant, metric, question));
  question.grain = query::Grain::kNone;
  question.compare = query::Compare::kNone;
  const query::Expr where = question.filter.where;
  for (std::size_t i = 0; i < std::min(found.values.size(), kValuesMax); ++i) {
    const std::string& value = found.values[i].value;
    question.filter.where = query::all({where, query::among(found.set, value)});
    CX_TRY(metric::Answer part, metric::compute(app.warehouse(), grant, metric, question));
    if (part.value.n > 0) out.groups.push_back({.key = value, .value = part.value});
  }
  std::ranges::sort(out.groups, [](const metric::Group& a, const metric::Group& b) {
    return a.value.n != b.value.n ? a.value.n > b.value.n : a.key < b.key;
  });
  return out;
}

Result<feedback::Scores> scores_by(App& app, const Grant& grant, feedback::ScoreQuestion question,
                                   std::string_view column) {
  CX_TRY(const external::Groups found, app.externals().groups(grant, column));
  question.by = query::By::kNone;
  CX_TRY(feedback::Scores out, feedback::scores(app.warehouse(), grant, question));
  question.instrument = out.instrument;  // of a part another might have most answers
  const query::Expr where = question.filter.where;
  for (std::size_t i = 0; i < std::min(found.values.size(), kValuesMax); ++i) {
    const std::string& value = found.values[i].value;
    question.filter.where = query::all({where, query::among(found.set, value)});
    CX_TRY(const feedback::Scores part, feedback::scores(app.warehouse(), grant, question));
    if (part.score.n > 0) out.groups.push_back({.key = value, .score = part.score});
  }
  std::ranges::sort(out.groups, [](const feedback::ScoreGroup& a, const feedback::ScoreGroup& b) {
    return a.score.n != b.score.n ? a.score.n > b.score.n : a.key < b.key;
  });
  return out;
}

Result<feedback::IndexFigures> index_figures_by(App& app, const Grant& grant, feedback::SurveyId survey,
                                                feedback::IndexQuestion question, std::string_view column) {
  CX_TRY(const external::Groups found, app.externals().groups(grant, column));
  question.by = query::By::kNone;
  CX_TRY(feedback::IndexFigures out,
         feedback::index_figures(app.warehouse(), app.surveys(), grant, survey, question));
  question.grain = query::Grain::kNone;
  question.compare = query::Compare::kNone;
  question.with_benchmarks = false;
  const query::Expr where = question.filter.where;
  for (std::size_t i = 0; i < std::min(found.values.size(), kValuesMax); ++i) {
    const std::string& value = found.values[i].value;
    question.filter.where = query::all({where, query::among(found.set, value)});
    CX_TRY(const feedback::IndexFigures part,
           feedback::index_figures(app.warehouse(), app.surveys(), grant, survey, question));
    for (const feedback::IndexFigure& of : part.figures) {
      const auto at = std::ranges::find(out.figures, of.key, &feedback::IndexFigure::key);
      if (at != out.figures.end() && of.score.n > 0) at->groups.push_back({.key = value, .score = of.score});
    }
  }
  for (feedback::IndexFigure& figure : out.figures)
    std::ranges::sort(figure.groups, [](const feedback::IndexGroup& a, const feedback::IndexGroup& b) {
      return a.score.n != b.score.n ? a.score.n > b.score.n : a.key < b.key;
    });
  return out;
}

}  // namespace zhike::app
