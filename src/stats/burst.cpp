#include "stats/burst.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <optional>

#include "base/result.h"

namespace zhike::stats {
namespace {

constexpr std::size_t kDay = 24, kWeek = 7;
constexpr double kPrior = 10;                   // counts by which a factor of the profile is drawn towards 1
constexpr double kUpper = 0.1;                  // φ is taken at its upper 90 % limit
constexpr std::size_t kJoin = 12;               // hours between parts of one burst
constexpr std::size_t kLongest = kWeek * kDay;  // hours; what lasts longer is the new level
constexpr double kPoisson = 1.0001;             // φ below: as good as Poisson
constexpr double kRatioLeast = 1.2;

/// What is expected, by the hours before.
struct Profile {
  double level = 0, total = 0;
  std::array<double, kDay> hour{}, in_hour{};
  std::array<double, kWeek> day{}, in_day{};
  std::array<double, kBurstWindows.size()> dispersion{};

  [[nodiscard]] double mean(std::uint8_t slot) const { return level * hour[slot % kDay] * day[slot / kDay]; }
};

class Scanner {
 public:
  Scanner(std::span<const std::uint64_t> counts, std::span<const std::uint8_t> slots,
          const BurstOptions& options)
      : counts_(counts), slots_(slots), options_(options), part_(counts.size()), masked_(counts.size()) {
    out_.expected.assign(counts.size(), std::numeric_limits<double>::quiet_NaN());
    out_.limit = 1 / (options.quiet_days * static_cast<double>(kDay * kBurstWindows.size()));
  }

  BurstScan run() {
    for (std::size_t from = options_.history_least; from < counts_.size(); from += kDay) {
      fit(from);
      const std::size_t to = std::min(from + kDay, counts_.size());
      for (std::size_t at = from; at < to; ++at) out_.expected[at] = profile_.mean(slots_[at]);
      for (std::size_t at = from; at < to; ++at) test(at);
      out_.tested += to - from;
    }
    for (Burst& burst : out_.bursts) describe(burst);
    return std::move(out_);
  }

 private:
  void fit(std::size_t end) {
    const std::size_t begin = end - std::min(end, options_.history);
    Profile& p = profile_;
    p = {};
    p.hour.fill(1);
    p.day.fill(1);
    std::array<double, kDay * kWeek> hours{};
    for (std::size_t i = begin; i < end; ++i) {
      if (masked_[i]) continue;
      const auto y = static_cast<double>(counts_[i]);
      p.total += y;
      p.in_hour[slots_[i] % kDay] += y;
      p.in_day[slots_[i] / kDay] += y;
      ++hours[slots_[i]];
    }
    double weight = 0;
    for (const double n : hours) weight += n;
    // Half an event stands for a history without any.
    p.level = (p.total + 0.5) / std::max(weight, 1.0);
    for (int round = 0; round < 2; ++round) {
      std::array<double, kDay> of_hour{};
      for (std::size_t s = 0; s < hours.size(); ++s)
        of_hour[s % kDay] += hours[s] * p.level * p.day[s / kDay];
      for (std::size_t h = 0; h < kDay; ++h) p.hour[h] = (p.in_hour[h] + kPrior) / (of_hour[h] + kPrior);
      std::array<double, kWeek> of_day{};
      for (std::size_t s = 0; s < hours.size(); ++s)
        of_day[s / kDay] += hours[s] * p.level * p.hour[s % kDay];
      for (std::size_t d = 0; d < kWeek; ++d) p.day[d] = (p.in_day[d] + kPrior) / (of_day[d] + kPrior);
      double shape = 0;
      for (std::size_t s = 0; s < hours.size(); ++s) shape += hours[s] * p.hour[s % kDay] * p.day[s / kDay];
      if (shape > 0) p.level = (p.total + 0.5) / shape;
    }
    for (std::size_t w = 0; w < kBurstWindows.size(); ++w) p.dispersion[w] = dispersion(begin, end, w);
  }

  /// Squares of what windows side by side were off, over what they were expected to be.
  double dispersion(std::size_t begin, std::size_t end, std::size_t w) const {
    const std::size_t length = kBurstWindows[w];
    double squares = 0, means = 0, windows = 0;
    for (std::size_t at = begin; at + length <= end; at += length) {
      double sum = 0, mean = 0;
      for (std::size_t i = at; i < at + length; ++i) {
        if (masked_[i]) continue;
        sum += static_cast<double>(counts_[i]);
        mean += profile_.mean(slots_[i]);
      }
      if (mean <= 0) continue;
      squares += (sum - mean) * (sum - mean);
      means += mean;
      ++windows;
    }
    // Factors that the windows of this length tell apart.
    const double fitted = static_cast<double>(kWeek + (length >= kDay ? 0 : kDay / length));
    const double freedom = std::max(windows - fitted, windows / 2);
    if (means <= 0 || freedom < 1) return kPoisson;
    const double estimate = squares / means * windows / freedom;
    const boost::math::chi_squared chi(freedom);
    return std::max(estimate * freedom / boost::math::quantile(chi, kUpper), 1.0);
  }

  struct Window {
    std::uint64_t count = 0;
    double mean = 0, p_value = 1;
    std::size_t begin = 0;
  };

  /// The last hours up to `at`; those of a part that was found already are left out.
  Window window(std::size_t at, std::size_t w) const {
    const std::size_t length = kBurstWindows[w];
    Window out;
    out.begin = at + 1 - std::min(at + 1, length);
    double in_hours = 0;
    for (std::size_t i = std::max(out.begin, options_.history_least); i <= at; ++i) {
      if (part_[i]) continue;
      out.count += counts_[i];
      out.mean += out_.expected[i];
      in_hours += profile_.in_hour[slots_[i] % kDay];
    }
    if (out.count < options_.least || out.mean <= 0) return out;
    const double phi = profile_.dispersion[w];
    const double of_mean = 1 / (profile_.total + 1) + 1 / (in_hours + kPrior) +
                           1 / (profile_.in_day[slots_[at] / kDay] + kPrior);
    out.p_value = chance_of_count(out.count, out.mean, phi * (1 + out.mean * of_mean));
    return out;
  }

  void test(std::size_t at) {
    if (static_cast<double>(counts_[at]) <= out_.expected[at]) return;
    std::optional<Window> best;
    for (std::size_t w = 0; w < kBurstWindows.size(); ++w) {
      const Window found = window(at, w);
      if (found.p_value < out_.limit && (!best || found.p_value < best->p_value)) best = found;
    }
    if (best) keep(*best, at);
  }

  /// The stretch of the window that the window's own ratio explains best (Kadane's largest sum).
  void keep(const Window& window, std::size_t at) {
    const double ratio = std::max(static_cast<double>(window.count) / window.mean, kRatioLeast);
    std::size_t begin = at, end = at + 1, start = window.begin;
    double best = 0, sum = 0;
    for (std::size_t i = std::max(window.begin, options_.history_least); i <= at; ++i) {
      if (sum <= 0) {
        sum = 0;
        start = i;
      }
      if (!part_[i])
        sum += static_cast<double>(counts_[i]) * std::log(ratio) - (ratio - 1) * out_.expected[i];
      if (sum > best) {
        best = sum;
        begin = start;
        end = i + 1;
      }
    }
    for (std::size_t i = begin; i < end; ++i) part_[i] = true;
    if (!out_.bursts.empty() && begin < out_.bursts.back().end + kJoin) {
      Burst& last = out_.bursts.back();
      last.begin = std::min(last.begin, begin);
      last.end = std::max(last.end, end);
      last.p_value = std::min(last.p_value, window.p_value);
    } else {
      out_.bursts.push_back({.begin = begin, .end = end, .alarm = at, .p_value = window.p_value});
    }
    const Burst& last = out_.bursts.back();
    const bool is_level = last.end - last.begin > kLongest;
    for (std::size_t i = last.begin; i < last.end; ++i) masked_[i] = !is_level;
  }

  void describe(Burst& burst) const {
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t i = burst.begin; i < burst.end; ++i) {
      burst.count += counts_[i];
      burst.expected += out_.expected[i];
      const double over = static_cast<double>(counts_[i]) - out_.expected[i];
      if (over <= most) continue;
      most = over;
      burst.peak = i;
    }
  }

  std::span<const std::uint64_t> counts_;
  std::span<const std::uint8_t> slots_;
  const BurstOptions& options_;
  std::vector<bool> part_;    // of a burst
  std::vector<bool> masked_;  // not in the history
  Profile profile_;
  BurstScan out_;
};

}  // namespace

double chance_of_count(std::uint64_t count, double mean, double dispersion) {
  if (count == 0) return 1;
  const auto n = static_cast<double>(count);
  if (mean <= 0) return 0;
  if (dispersion < kPoisson) return boost::math::gamma_p(n, mean);
  // Failures before the r-th success, each a success with chance 1/φ: mean r (φ - 1), variance φ times it.
  return boost::math::ibeta(n, mean / (dispersion - 1), 1 - 1 / dispersion);
}

BurstScan find_bursts(std::span<const std::uint64_t> counts, std::span<const std::uint8_t> hour_of_week,
                      const BurstOptions& options) {
  cx_check(counts.size() == hour_of_week.size(), "an hour of the week for each count");
  return Scanner(counts, hour_of_week, options).run();
}

}  // namespace zhike::stats
