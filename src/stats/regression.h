// Least squares with an intercept. Pure numerics: columns in, structs out; safe from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "stats/interval.h"

namespace zhike::stats {

/// Borrowed by the call. Each value is finite; the largest in size is 0 or between 1e-100 and 1e100.
struct Column {
  std::string name;  ///< for errors
  std::span<const double> values;
};

/// What moves the target, row by row: all columns have the same rows.
struct Design {
  Column target;
  std::vector<Column> drivers;
  [[nodiscard]] std::size_t rows() const { return target.values.size(); }
};

/// How sure an estimate is. Errors allow for variance that differs from row to row: HC3, MacKinnon and White
/// (1985), Journal of Econometrics 29:305-325. Interval and p by Student's t with rows - drivers - 1 degrees.
struct Certainty {
  double error = 0;  ///< standard error, in the units of the estimate
  Interval interval;
  double p_value = 1;  ///< two-sided, against 0
};

struct Coefficient {
  double value = 0;         ///< units of the target for one unit of the driver
  double standardised = 0;  ///< standard deviations of the target for one of the driver
  /// Of `value`. None where one row alone decides a coefficient: its error cannot be seen.
  std::optional<Certainty> certainty;
  /// Variance inflation, 1 and more: Belsley, Kuh and Welsch (1980), Regression Diagnostics, 3.2.
  double vif = 1;
};

struct Regression {
  std::size_t rows = 0;
  double confidence = kConfidence;
  double intercept = 0;
  std::optional<Certainty> intercept_certainty;
  std::vector<Coefficient> drivers;
  double r2 = 0, r2_adjusted = 0;
  /// Largest over smallest singular value of all columns with the intercept, each scaled to length 1. Above
  /// 30, coefficients of single drivers mean little: Belsley, Kuh and Welsch (1980), 3.2.
  double condition = 1;
  /// HC3 covariance of the drivers' coefficients, drivers × drivers by row. Empty without certainties.
  std::vector<double> covariance;

  /// Of the combination that takes each coefficient that often. None without certainties.
  [[nodiscard]] std::optional<Certainty> combine(std::span<const double> weights) const;
};

/// By QR with column pivoting on centred columns. Errors: kTooFewRows (rows - drivers - 1 must be 1 or more);
/// kBadDrivers with the names, where a column is constant, made up of others or of no such size.
[[nodiscard]] Result<Regression> regress(const Design& design, double confidence = kConfidence);

}  // namespace zhike::stats
