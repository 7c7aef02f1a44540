// The least value of a smooth convex function. Pure; thread-safe.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace zhike::text {

/// The value at a point; fills the gradient there, which is as long as the point.
using SmoothFunction = std::function<double(std::span<const double> at, std::span<double> gradient)>;

struct MinimiseOptions {
  unsigned steps_max = 200;
  double still = 1e-5;  ///< it ends where the gradient is shorter than this share of the point, or of one
};

/// Walks from `at` to the least value by L-BFGS with steps halved until the value falls enough (Nocedal and
/// Wright 2006, Numerical Optimization, algorithms 7.4, 7.5 and 3.1). Answers the value. Memory: a dozen
/// copies of the point.
double minimise(std::vector<double>& at, const SmoothFunction& function, const MinimiseOptions& options = {});

}  // namespace zhike::text
