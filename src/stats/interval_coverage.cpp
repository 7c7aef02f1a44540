// How often do the intervals hold the truth? Each estimator is simulated from known parameters, with a fixed
// seed, and its coverage must lie in a band: of exact methods at least what they promise, of approximations
// near it (the bands are wider than the error of the simulation, which is 0.2 %). The tests of differences:
// how often they cry wolf. interval_coverage [RUNS] prints a line for each, and ends with 1 when one lies
// outside.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "stats/bootstrap.h"
#include "stats/change.h"
#include "stats/importance.h"
#include "stats/interval.h"
#include "stats/regression.h"
#include "stats/reliability.h"

namespace {

using namespace zhike::stats;
using Random = std::mt19937_64;

struct Case {
  const char* name;
  double least, most;  // of the share of runs in which `hit` holds
  std::function<bool(Random&)> hit;
};

bool holds(const std::optional<Interval>& interval, double truth) {
  return interval && interval->low <= truth && truth <= interval->high;
}

std::uint64_t binomial(Random& random, std::uint64_t n, double p) {
  return std::binomial_distribution<std::uint64_t>(n, p)(random);
}
std::uint64_t poisson(Random& random, double mean) {
  return std::poisson_distribution<std::uint64_t>(mean)(random);
}

NpsCounts answers(Random& random, std::uint64_t n, double promoters, double detractors) {
  NpsCounts out;
  out.promoters = binomial(random, n, promoters);
  out.detractors = binomial(random, n - out.promoters, detractors / (1 - promoters));
  out.passives = n - out.promoters - out.detractors;
  return out;
}

std::vector<double> normal(Random& random, std::size_t n, double mean, double deviation) {
  std::vector<double> out(n);
  std::normal_distribution<double> draw(mean, deviation);
  for (double& value : out) value = draw(random);
  return out;
}
std::vector<double> waiting(Random& random, std::size_t n) {
  std::vector<double> out(n);
  std::exponential_distribution<double> draw(1);
  for (double& value : out) value = draw(random);
  return out;
}

/// As the warehouse answers it: 201 sample quantiles.
std::vector<double> grid_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::vector<double> grid(201);
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const double at = static_cast<double>(i) / static_cast<double>(grid.size() - 1) *
                      static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const double part = at - static_cast<double>(below);
    grid[i] = values[below] + (part > 0 ? part * (values[below + 1] - values[below]) : 0);
  }
  return grid;
}

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// A target of two drivers that share half of their variance, with the slopes 0.5 and -0.3, and noise whose
/// spread grows with the first.
class Survey {
 public:
  Survey(Random& random, std::size_t rows, double noise, double growth) {
    const auto common = normal(random, rows, 0, std::sqrt(0.5)), error = normal(random, rows, 0, 1);
    for (auto& driver : drivers_) {
      driver = normal(random, rows, 0, std::sqrt(0.5));
      for (std::size_t i = 0; i < rows; ++i) driver[i] += common[i];
    }
    for (std::size_t i = 0; i < rows; ++i)
      target_.push_back(0.5 * drivers_[0][i] - 0.3 * drivers_[1][i] +
                        error[i] * (noise + growth * std::abs(drivers_[0][i])));
  }
  [[nodiscard]] Design design() const {
    return {.target = {"target", target_}, .drivers = {{"first", drivers_[0]}, {"second", drivers_[1]}}};
  }
  [[nodiscard]] std::span<const double> driver(std::size_t at) const { return drivers_[at]; }

 private:
  std::array<std::vector<double>, 2> drivers_;
  std::vector<double> target_;
};

bool slope_held(Random& random, std::size_t rows, double growth) {
  const auto fit = regress(Survey(random, rows, 0.5, growth).design());
  return fit && fit->drivers[0].certainty && holds(fit->drivers[0].certainty->interval, 0.5);
}

/// Two items that correlate by a half: alpha is 2 · 0.5 / 1.5.
bool alpha_held(Random& random, std::size_t rows) {
  const Survey survey(random, rows, 1, 0);
  const std::array items{survey.driver(0), survey.driver(1)};
  const auto found = cronbach(items);
  return found && holds(found->interval, 2.0 / 3);
}

/// With noise of variance 1 the drivers explain 0.19 of 1.19; covariances with the target are 0.35 and -0.05.
/// Of two drivers the weight is the mean of what the first adds alone, 0.35², and after the second, 0.19 -
/// 0.05².
bool weight_held(Random& random, std::size_t rows) {
  const auto found = importance(Survey(random, rows, 1, 0).design(), {.seed = random(), .resamples = 600});
  return found && holds(found->relative_weights[0].interval, (0.1225 + 0.19 - 0.0025) / 2 / 1.19);
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"wilson, 30 trials, 0.5", 0.93, 0.98,
       [](Random& r) { return holds(wilson({binomial(r, 30, 0.5), 30}), 0.5); }},
      {"wilson, 200 trials, 0.03", 0.93, 0.98,
       [](Random& r) { return holds(wilson({binomial(r, 200, 0.03), 200}), 0.03); }},
      {"wilson, 5000 trials, 0.8", 0.94, 0.96,
       [](Random& r) { return holds(wilson({binomial(r, 5000, 0.8), 5000}), 0.8); }},
      {"nps, 25 answers", 0.93, 0.98,
       [](Random& r) { return holds(nps_interval(answers(r, 25, 0.5, 0.2)), 30); }},
      {"nps, 400 answers, few detractors", 0.94, 0.96,
       [](Random& r) { return holds(nps_interval(answers(r, 400, 0.7, 0.05)), 65); }},
      {"mean, 8 normal values", 0.945, 0.955,
       [](Random& r) { return holds(mean_interval(moments(normal(r, 8, 3, 2))), 3); }},
      {"mean, 200 skewed values", 0.93, 0.955,
       [](Random& r) { return holds(mean_interval(moments(waiting(r, 200))), 1); }},
      {"ratio of counts, 4 to 20", 0.945, 1,
       [](Random& r) {
         const CountRatio counts{poisson(r, 4), std::max<std::uint64_t>(1, poisson(r, 20))};
         return holds(ratio_interval(counts), 0.2);
       }},
      {"ratio of counts, 300 to 1000", 0.945, 0.97,
       [](Random& r) { return holds(ratio_interval({poisson(r, 300), poisson(r, 1000)}), 0.3); }},
      {"median, 40 skewed values", 0.945, 1,
       [](Random& r) { return holds(quantile_interval(grid_of(waiting(r, 40)), 40, 0.5), std::log(2.0)); }},
      {"90th percentile, 300 skewed values", 0.945, 1,
       [](Random& r) {
         return holds(quantile_interval(grid_of(waiting(r, 300)), 300, 0.9), std::log(10.0));
       }},
      {"difference of shares, 60 and 80 trials", 0.93, 0.98,
       [](Random& r) {
         const auto change = compare(Share{binomial(r, 60, 0.3), 60}, Share{binomial(r, 80, 0.45), 80});
         return change && holds(change->interval, 0.15);
       }},
      {"difference of nps, 150 and 100 answers", 0.93, 0.97,
       [](Random& r) {
         const auto change = compare(answers(r, 150, 0.5, 0.2), answers(r, 100, 0.4, 0.25));
         return change && holds(change->interval, -15);
       }},
      {"difference of means, 12 and 30 values", 0.94, 0.96,
       [](Random& r) {
         const auto change = compare(moments(normal(r, 12, 5, 1)), moments(normal(r, 30, 6, 3)));
         return change && holds(change->interval, 1);
       }},
      {"false alarms, shares", 0.03, 0.065,
       [](Random& r) {
         const auto change = compare(Share{binomial(r, 200, 0.2), 200}, Share{binomial(r, 300, 0.2), 300});
         return change && change->significant();
       }},
      {"false alarms, nps", 0.03, 0.065,
       [](Random& r) {
         const auto change = compare(answers(r, 150, 0.5, 0.2), answers(r, 200, 0.5, 0.2));
         return change && change->significant();
       }},
      {"false alarms, means", 0.04, 0.06,
       [](Random& r) {
         const auto change = compare(moments(normal(r, 15, 5, 1)), moments(normal(r, 40, 5, 3)));
         return change && change->significant();
       }},
      {"false alarms, ratios of counts", 0.03, 0.065,
       [](Random& r) {
         const auto change = compare(CountRatio{poisson(r, 60), poisson(r, 200)},
                                     CountRatio{poisson(r, 90), poisson(r, 300)});
         return change && change->significant();
       }},
  };
  return all;
}

const std::vector<Case>& driver_cases() {
  static const std::vector<Case> all{
      {"slope, 40 rows, spread that grows", 0.93, 0.97, [](Random& r) { return slope_held(r, 40, 1); }},
      {"slope, 200 rows, even spread", 0.94, 0.96, [](Random& r) { return slope_held(r, 200, 0); }},
      {"Cronbach's alpha, 30 rows", 0.945, 0.955, [](Random& r) { return alpha_held(r, 30); }}};
  return all;
}

/// Fewer runs: each takes hundreds of resamples.
const std::vector<Case>& bootstrap_cases() {
  static const std::vector<Case> all{{"bootstrap of a mean, 60 skewed values", 0.90, 0.96,
                                      [](Random& r) {
                                        const auto values = waiting(r, 60);
                                        return holds(
                                            bootstrap(values, mean_of, {.seed = r(), .resamples = 600}), 1);
                                      }},
                                     {"bootstrap of a relative weight, 150 rows", 0.91, 0.97,
                                      [](Random& r) { return weight_held(r, 150); }}};
  return all;
}

bool run(const Case& one, int runs) {
  Random random(20'240'601);
  int hits = 0;
  for (int i = 0; i < runs; ++i) hits += one.hit(random) ? 1 : 0;
  const double share = static_cast<double>(hits) / runs;
  const bool good = share >= one.least && share <= one.most;
  fmt::print("{}  {:42} {:.4f}  in [{}, {}]  of {} runs\n", good ? "ok    " : "FAILED", one.name, share,
             one.least, one.most, runs);
  return good;
}

}  // namespace

int main(int count, char** words) {
  const int runs = count > 1 ? std::atoi(words[1]) : 20'000;
  if (runs < 1000) {
    fmt::print(stderr, "at least 1000 runs: fewer say nothing\n");
    return 2;
  }
  bool good = true;
  for (const Case& one : cases()) good = run(one, runs) && good;
  for (const Case& one : driver_cases()) good = run(one, runs) && good;
  for (const Case& one : bootstrap_cases()) good = run(one, runs / 10) && good;
  return good ? 0 : 1;
}
