#include "text/compare.h"

#include <algorithm>
#include <cmath>

#include "stats/bootstrap.h"

namespace zhike::text {
namespace {

constexpr std::uint32_t kClasses = 3;
constexpr int kResamples = 1000;
constexpr double kSure = 0.05;
constexpr std::size_t kFigures = 4;  // F1 and calibration of both

std::uint32_t likeliest(const std::array<float, 3>& chances) {
  return static_cast<std::uint32_t>(std::ranges::max_element(chances) - chances.begin());
}

}  // namespace

double mcnemar(std::uint64_t only_before, std::uint64_t only_after) {
  const std::uint64_t n = only_before + only_after, fewer = std::min(only_before, only_after);
  if (n == 0) return 1;
  // Sums C(n, k) / 2^n in logarithms: 2^n overflows.
  double log_term = -static_cast<double>(n) * std::log(2.0), sum = 0;
  for (std::uint64_t k = 0; k <= fewer; ++k) {
    sum += std::exp(log_term);
    log_term += std::log(static_cast<double>(n - k)) - std::log(static_cast<double>(k + 1));
  }
  return std::min(1.0, 2 * sum);
}

Comparison compare(std::span<const JudgedTwice> rows) {
  Comparison out;
  out.rows = rows.size();
  if (rows.empty()) return out;
  Evaluator before(kClasses), after(kClasses);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    before.add(i, rows[i].truth, rows[i].before);
    after.add(i, rows[i].truth, rows[i].after);
    const bool was = likeliest(rows[i].before) == rows[i].truth,
               is = likeliest(rows[i].after) == rows[i].truth;
    if (was && !is) ++out.only_before;
    if (is && !was) ++out.only_after;
  }
  out.before.whole = before.result();
  out.after.whole = after.result();
  const auto resampled = [&](std::span<const std::uint32_t> times, std::span<double> figures) {
    Evaluator then(kClasses), now(kClasses);
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::uint32_t n = 0; n < times[i]; ++n) {
        then.add(i, rows[i].truth, rows[i].before);
        now.add(i, rows[i].truth, rows[i].after);
      }
    const Evaluation a = then.result(), b = now.result();
    figures[0] = a.macro_f1, figures[1] = a.ece, figures[2] = b.macro_f1, figures[3] = b.ece;
    return true;
  };
  const auto intervals =
      stats::bootstrap_rows(rows.size(), kFigures, resampled, {.seed = 1, .resamples = kResamples});
  std::size_t at = 0;
  for (ComparedSide* side : {&out.before, &out.after}) {
    const auto right = static_cast<std::uint64_t>(
        std::llround(side->whole.accuracy * static_cast<double>(side->whole.rows)));
    side->accuracy = {side->whole.accuracy, stats::wilson({right, side->whole.rows})};
    side->macro_f1 = {side->whole.macro_f1, at < intervals.size() ? intervals[at] : std::nullopt};
    side->ece = {side->whole.ece, at + 1 < intervals.size() ? intervals[at + 1] : std::nullopt};
    at += 2;
  }
  out.p_value = mcnemar(out.only_before, out.only_after);
  out.better = out.p_value < kSure && out.only_after > out.only_before;
  out.worse = out.p_value < kSure && out.only_after < out.only_before;
  return out;
}

}  // namespace zhike::text
