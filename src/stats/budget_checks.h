// What speaks against reading spend and outcome together (stats/budget_response.h). Of that file alone.
#pragma once

#include <Eigen/Dense>
#include <optional>
#include <string>
#include <vector>

#include "stats/budget_response.h"

namespace zhike::stats {

/// Why a channel cannot be told from the base; none: it can.
[[nodiscard]] std::optional<BudgetNote> why_not(const BudgetSeries::Channel& channel,
                                                const Eigen::MatrixXd& base);
/// Columns, by pairs, that are all but made up of each other and the base: the one with the most inflation,
/// with the one it moves with most. kMoveTogether, or kNearlyTogether; none: all is well.
[[nodiscard]] std::optional<BudgetNote> together(const Eigen::MatrixXd& columns,
                                                 const std::vector<std::string>& names,
                                                 const Eigen::MatrixXd& base);
/// Channels whose spend is more after periods that went better than the model says: `left` of the period
/// before in a regression on it, the spend of two periods before and the base, at 1 % shared by the channels.
/// After Granger (1969), Econometrica 37:424-438.
[[nodiscard]] std::vector<BudgetNote> follows_outcome(const Eigen::MatrixXd& spend,
                                                      const std::vector<std::string>& names,
                                                      const Eigen::VectorXd& left,
                                                      const Eigen::MatrixXd& base);
/// kRestDrifts where neighbours among `left` correlate by kDrift or more.
[[nodiscard]] std::optional<BudgetNote> drifts(const Eigen::VectorXd& left);
inline constexpr double kDrift = 0.5;

}  // namespace zhike::stats
