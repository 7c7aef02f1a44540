// Virtual sources where several modules meet: what the administrator allowed, and figures by their columns.
#pragma once

#include <string_view>

#include "app/app.h"
#include "feedback/feedback.h"
#include "feedback/index_figures.h"
#include "metric/metric.h"

namespace zhike::app {

/// Of the settings virtual.*. Folders that do not exist allow nothing.
[[nodiscard]] external::Reach reach_of(const Config& config);

/// metric::compute() with a group for each value of a virtual column ("crm.tariff"), kValuesMax at most, the
/// ones with most customers; one who has several values counts in each. question.by is not looked at. Errors:
/// of Externals::groups() and of metric::compute().
inline constexpr std::size_t kValuesMax = 30;
[[nodiscard]] Result<metric::Answer> compute_by(App& app, const Grant& grant, const metric::Metric& metric,
                                                metric::Question question, std::string_view column);

/// feedback::index_figures() with a group for each value of a trait ("trait.level") or a virtual column, as
/// compute_by(): a response belongs to what its customer has today. Errors: of Externals::groups() and of
/// feedback::index_figures().
[[nodiscard]] Result<feedback::IndexFigures> index_figures_by(App& app, const Grant& grant,
                                                              feedback::SurveyId survey,
                                                              feedback::IndexQuestion question,
                                                              std::string_view column);

/// feedback::scores() in the same way. Errors: of Externals::groups() and of feedback::scores().
[[nodiscard]] Result<feedback::Scores> scores_by(App& app, const Grant& grant,
                                                 feedback::ScoreQuestion question, std::string_view column);

}  // namespace zhike::app
