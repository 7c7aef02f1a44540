// survey_drivers_bench: key drivers of responses that are read already, at 1, 10 and 100 thousand of them,
// beside a plain least-squares fit of the same rows by Eigen in the same run. What the drivers cost beyond
// the fit is robust errors, the contrast's second fit, and resampling for the intervals of the shares.
#include <fmt/core.h>

#include <Eigen/Dense>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "feedback/survey_drivers.h"

namespace {

using namespace zhike;
using namespace zhike::feedback;
using WallClock = std::chrono::steady_clock;

constexpr std::size_t kDrivers = 8;
constexpr int kRuns = 3;

double seconds_since(WallClock::time_point start) {
  return std::chrono::duration<double>(WallClock::now() - start).count();
}

std::vector<AnswerColumn> columns() {
  std::vector<AnswerColumn> out;
  for (std::size_t c = 0; c <= kDrivers; ++c) {
    AnswerColumn& column = out.emplace_back();
    column.key = "q" + std::to_string(c);
    column.items = {column.key};
    column.least = c == 0 ? 0 : 1;
    column.most = c == 0 ? 10 : 5;
  }
  return out;
}

/// Ratings that share a part, and an outcome that they move.
AnswerTable answers(std::size_t responses) {
  std::mt19937_64 random(5);
  const auto draw = [&](std::uint64_t most) { return static_cast<double>(random() % most); };
  AnswerTable out;
  out.responses = responses;
  out.columns.resize(kDrivers + 1);
  for (std::size_t c = 0; c <= kDrivers; ++c) out.keys.push_back("q" + std::to_string(c));
  for (std::size_t i = 0; i < responses; ++i) {
    const double common = draw(3);
    double sum = 0;
    for (std::size_t c = 1; c <= kDrivers; ++c) {
      out.columns[c].push_back(1 + common + draw(3));
      sum += out.columns[c].back() / static_cast<double>(c);
    }
    out.columns[0].push_back(std::clamp(std::round(sum / 1.4 + draw(3) - 1), 0.0, 10.0));
  }
  return out;
}

/// The coefficients alone.
Eigen::VectorXd least_squares(const AnswerTable& table) {
  const auto rows = static_cast<Eigen::Index>(table.responses);
  Eigen::MatrixXd x(rows, static_cast<Eigen::Index>(kDrivers) + 1);
  x.col(0).setOnes();
  for (std::size_t c = 1; c <= kDrivers; ++c)
    x.col(static_cast<Eigen::Index>(c)) = Eigen::Map<const Eigen::VectorXd>(table.columns[c].data(), rows);
  return x.colPivHouseholderQr().solve(Eigen::Map<const Eigen::VectorXd>(table.columns[0].data(), rows));
}

/// The fastest of some runs: what else the machine does only adds.
template <class Work>
double fastest(const Work& work) {
  double out = 1e9;
  for (int run = 0; run < kRuns; ++run) {
    const auto start = WallClock::now();
    work();
    out = std::min(out, seconds_since(start));
  }
  return out;
}

void measure(std::size_t responses) {
  const AnswerTable table = answers(responses);
  const auto wanted = columns();
  Eigen::VectorXd plain;
  SurveyDrivers found;
  const double fit = fastest([&] { plain = least_squares(table); });
  const double all = fastest([&] {
    auto result = drivers_of(table, wanted);
    cx_check(result.has_value(), "drivers");
    found = *std::move(result);
  });
  for (std::size_t d = 0; d < kDrivers; ++d)
    cx_check(
        std::abs(found.found.regression.drivers[d].value - plain[static_cast<Eigen::Index>(d) + 1]) < 1e-8,
        "the same coefficients as the plain fit");
  fmt::print("{} responses, {} drivers: plain fit {:.2f} ms, drivers {:.1f} ms with {} draws\n", responses,
             kDrivers, 1000 * fit, 1000 * all, found.resamples);
  fmt::print("figure drivers_{}k {:.3f} s{}\n", responses / 1000, all, responses == 100'000 ? " <= 2" : "");
  fmt::print("figure drivers_{}k_over_fit {:.1f} times\n", responses / 1000, all / fit);
}

}  // namespace

int main() {
  for (const std::size_t responses : {1'000U, 10'000U, 100'000U}) measure(responses);
}
