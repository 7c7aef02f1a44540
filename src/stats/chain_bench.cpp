// chain_bench: the service-profit chain of four stages with lags up to three, at 30 units over 24 periods,
// 300 over 60 and 1,000 over 120 (one value in ten missing), beside one two-way regression of the longest
// link by columns for periods in the same run. What the chain costs beyond is lags, links and draws of units.
#include <fmt/core.h>

#include <Eigen/Dense>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <vector>

#include "stats/chain.h"

namespace {

using namespace zhike::stats;
using WallClock = std::chrono::steady_clock;

constexpr std::size_t kStages = 4, kLags = 3;
constexpr int kRuns = 3;

std::vector<std::vector<double>> values(std::size_t units, std::size_t periods) {
  std::mt19937_64 random(5);
  const auto draw = [&] { return static_cast<double>(random() % 1000) / 500 - 1; };
  std::vector<std::vector<double>> out(kStages, std::vector<double>(units * periods));
  for (std::size_t at = 0; at < units * periods; ++at)
    for (std::size_t s = 0; s < kStages; ++s) {
      const double before = s > 0 && at % periods > s ? out[s - 1][at - s] : 0;
      out[s][at] = (std::isnan(before) ? 0 : 0.6 * before) + draw();
    }
  for (auto& stage : out)
    for (double& value : stage)
      if (random() % 10 == 0) value = std::numeric_limits<double>::quiet_NaN();
  return out;
}

Panel panel_of(const std::vector<std::vector<double>>& stages, std::size_t units, std::size_t periods) {
  Panel out{.units = units, .periods = periods, .stages = {}};
  for (const auto& stage : stages) out.stages.push_back({"stage", stage});
  return out;
}

/// One slope: units' means taken away, periods as columns, least squares.
double one_fit(const Panel& panel) {
  const auto periods = static_cast<Eigen::Index>(panel.periods);
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(periods + 2, periods + 2);
  Eigen::MatrixXd of(periods, periods + 2);
  for (std::size_t u = 0; u < panel.units; ++u) {
    Eigen::Index rows = 0;
    of.setZero();
    for (std::size_t t = 0; t < panel.periods; ++t) {
      const double x = panel.stages[0].values[u * panel.periods + t],
                   y = panel.stages[1].values[u * panel.periods + t];
      if (std::isnan(x) || std::isnan(y)) continue;
      of(rows, static_cast<Eigen::Index>(t)) = 1;
      of(rows, periods) = x;
      of(rows, periods + 1) = y;
      ++rows;
    }
    if (rows < 2) continue;
    Eigen::MatrixXd part = of.topRows(rows);
    part.rowwise() -= part.colwise().mean().eval();
    products += part.transpose() * part;
  }
  const Eigen::MatrixXd left = products.topLeftCorner(periods + 1, periods + 1);
  const Eigen::VectorXd right = products.col(periods + 1).head(periods + 1);
  return left.completeOrthogonalDecomposition().solve(right)[periods];
}

template <class Work>
double fastest(const Work& work) {
  double out = 1e9;
  for (int run = 0; run < kRuns; ++run) {
    const auto start = WallClock::now();
    work();
    out = std::min(out, std::chrono::duration<double>(WallClock::now() - start).count());
  }
  return out;
}

void measure(std::size_t units, std::size_t periods, bool is_goal) {
  const auto stages = values(units, periods);
  const Panel panel = panel_of(stages, units, periods);
  const int resamples = chain_resamples(units * periods, kStages, kLags);
  double slope = 0, one = 0;
  const double whole = fastest([&] {
    const auto found = chain(panel, {.lags = kLags, .bootstrap = {.resamples = resamples}});
    if (!found) std::abort();
    slope = found->links[0].chosen().slope;
  });
  const double fit = fastest([&] { one = one_fit(panel); });
  fmt::print(
      "{} units x {} periods: {:.3f} s with {} draws, one fit {:.5f} s (slope {:.3f}, at lag 0 {:.3f})\n",
      units, periods, whole, resamples, fit, slope, one);
  if (is_goal) fmt::print("figure chain_300_units_60_periods {:.3f} s <= 5\n", whole);
}

}  // namespace

int main() {
  measure(30, 24, false);
  measure(300, 60, true);
  measure(1000, 120, false);
  return 0;
}
