#include "stats/attribution.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace zhike::stats {
namespace {

/// How often each path converted and was lost, in one draw of journeys.
struct Counts {
  std::vector<double> conversions, lost;
};

using Credit = std::vector<double>;  // conversions by channel

/// Calls weigh(place, touches) for every touch, and gives each channel its part of the path's conversions.
template <class Weigh>
Credit by_touch(std::span<const ChannelPath> paths, std::size_t channels, const Counts& counts,
                const Weigh& weigh) {
  Credit out(channels, 0);
  std::vector<double> weights;
  for (std::size_t p = 0; p < paths.size(); ++p) {
    const std::vector<std::uint32_t>& touches = paths[p].channels;
    if (counts.conversions[p] == 0 || touches.empty()) continue;
    weights.resize(touches.size());
    for (std::size_t i = 0; i < touches.size(); ++i) weights[i] = weigh(i, touches.size());
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (std::size_t i = 0; i < touches.size(); ++i)
      out[touches[i]] += counts.conversions[p] * weights[i] / sum;
  }
  return out;
}

Credit shapley(std::span<const ChannelPath> paths, std::size_t channels, const Counts& counts) {
  Credit out(channels, 0);
  for (std::size_t p = 0; p < paths.size(); ++p) {
    std::vector<std::uint32_t> different = paths[p].channels;
    std::ranges::sort(different);
    const auto repeats = std::ranges::unique(different);
    different.erase(repeats.begin(), repeats.end());
    for (const std::uint32_t channel : different)
      out[channel] += counts.conversions[p] / static_cast<double>(different.size());
  }
  return out;
}

/// The removal effect of each channel in the chain start → channels → conversion or loss. A journey converts
/// without touching c with probability P(conversion) - P(c is touched) P(conversion from c), and P(c is
/// touched) is the expected number of visits over that of a chain begun in c (Kemeny and Snell 1976, Finite
/// Markov Chains, 3.5).
std::vector<double> removal_effects(std::span<const ChannelPath> paths, std::size_t channels,
                                    const Counts& counts) {
  const auto size = static_cast<Eigen::Index>(channels);
  Eigen::MatrixXd moves = Eigen::MatrixXd::Zero(size, size);
  Eigen::VectorXd begins = Eigen::VectorXd::Zero(size), converts = begins, leaves = begins;
  for (std::size_t p = 0; p < paths.size(); ++p) {
    const std::vector<std::uint32_t>& touches = paths[p].channels;
    const double journeys = counts.conversions[p] + counts.lost[p];
    if (touches.empty() || journeys == 0) continue;
    begins(touches.front()) += journeys;
    for (std::size_t i = 0; i < touches.size(); ++i) leaves(touches[i]) += journeys;
    for (std::size_t i = 1; i < touches.size(); ++i) moves(touches[i - 1], touches[i]) += journeys;
    converts(touches.back()) += counts.conversions[p];
  }
  begins /= begins.sum();
  for (Eigen::Index c = 0; c < size; ++c) {
    if (leaves(c) == 0) continue;
    moves.row(c) /= leaves(c);
    converts(c) /= leaves(c);
  }
  const Eigen::MatrixXd visits = (Eigen::MatrixXd::Identity(size, size) - moves).inverse();
  const Eigen::VectorXd from = visits * converts;
  const Eigen::VectorXd touched = visits.transpose() * begins;
  const double all = begins.dot(from);
  std::vector<double> out(channels, 0);
  for (Eigen::Index c = 0; c < size; ++c)
    out[static_cast<std::size_t>(c)] = std::clamp(touched(c) / visits(c, c) * from(c) / all, 0.0, 1.0);
  return out;
}

Credit markov(std::span<const double> effects, double conversions) {
  const double sum = std::accumulate(effects.begin(), effects.end(), 0.0);
  Credit out;
  for (const double effect : effects) out.push_back(conversions * effect / sum);
  return out;
}

std::array<Credit, kAttributionModels> credits(std::span<const ChannelPath> paths, std::size_t channels,
                                               const Counts& counts, const AttributionOptions& options) {
  const auto by = [&](const auto& weigh) { return by_touch(paths, channels, counts, weigh); };
  const double between = std::max(0.0, 1 - options.first_share - options.last_share);
  double conversions = 0;
  for (std::size_t p = 0; p < paths.size(); ++p)
    conversions += paths[p].channels.empty() ? 0 : counts.conversions[p];
  std::array<Credit, kAttributionModels> out;
  const auto put = [&](AttributionModel model, Credit credit) {
    out[static_cast<std::size_t>(model)] = std::move(credit);
  };
  put(AttributionModel::kFirst, by([](std::size_t i, std::size_t) { return i == 0 ? 1.0 : 0.0; }));
  put(AttributionModel::kLast, by([](std::size_t i, std::size_t n) { return i + 1 == n ? 1.0 : 0.0; }));
  put(AttributionModel::kLinear, by([](std::size_t, std::size_t) { return 1.0; }));
  put(AttributionModel::kTimeDecay, by([&](std::size_t i, std::size_t n) {
        return std::exp2(-static_cast<double>(n - 1 - i) / options.half_life);
      }));
  put(AttributionModel::kPosition, by([&](std::size_t i, std::size_t n) {
        if (n <= 2) return 1.0;
        if (i == 0) return options.first_share;
        return i + 1 == n ? options.last_share : between / static_cast<double>(n - 2);
      }));
  put(AttributionModel::kMarkov, markov(removal_effects(paths, channels, counts), conversions));
  put(AttributionModel::kShapley, shapley(paths, channels, counts));
  return out;
}

/// Which of the counts each journey belongs to: path p converted is 2p, lost is 2p + 1.
std::vector<std::uint32_t> journeys_of(std::span<const ChannelPath> paths) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t p = 0; p < paths.size(); ++p) {
    if (paths[p].channels.empty()) continue;
    out.insert(out.end(), paths[p].conversions, 2 * p);
    out.insert(out.end(), paths[p].lost, 2 * p + 1);
  }
  return out;
}

std::vector<std::optional<Interval>> intervals(std::span<const ChannelPath> paths, std::size_t channels,
                                               const AttributionOptions& options) {
  const std::vector<std::uint32_t> journeys = journeys_of(paths);
  const FiguresOfRows shares = [&](std::span<const std::uint32_t> times, std::span<double> out) {
    Counts counts{std::vector<double>(paths.size(), 0), std::vector<double>(paths.size(), 0)};
    double conversions = 0;
    for (std::size_t j = 0; j < journeys.size(); ++j) {
      const bool is_lost = journeys[j] % 2 == 1;
      (is_lost ? counts.lost : counts.conversions)[journeys[j] / 2] += times[j];
      if (!is_lost) conversions += times[j];
    }
    if (conversions == 0) return false;
    std::size_t at = 0;
    for (const Credit& credit : credits(paths, channels, counts, options))
      for (const double value : credit) out[at++] = value / conversions;
    return true;
  };
  return bootstrap_rows(journeys.size(), kAttributionModels * channels, shares, options.bootstrap);
}

}  // namespace

std::string_view to_string(AttributionModel model) {
  switch (model) {
    case AttributionModel::kFirst:
      return "first";
    case AttributionModel::kLast:
      return "last";
    case AttributionModel::kLinear:
      return "linear";
    case AttributionModel::kTimeDecay:
      return "time_decay";
    case AttributionModel::kPosition:
      return "position";
    case AttributionModel::kMarkov:
      return "markov";
    case AttributionModel::kShapley:
      return "shapley";
  }
  return "";
}

Result<Attribution> attribute(std::span<const ChannelPath> paths, std::size_t channels,
                              const AttributionOptions& options) {
  if (channels == 0 || channels > kAttributionChannelsMax)
    return fail(Code::kBadPaths, "{} channels; 1 to {} can be compared", channels, kAttributionChannelsMax);
  Attribution out;
  Counts counts;
  for (const ChannelPath& path : paths) {
    counts.conversions.push_back(static_cast<double>(path.conversions));
    counts.lost.push_back(static_cast<double>(path.lost));
    if (path.channels.empty()) continue;
    out.conversions += path.conversions;
    out.journeys += path.conversions + path.lost;
  }
  if (out.conversions == 0) return fail(Code::kBadPaths, "none of {} journeys converted", out.journeys);
  out.removal_effects = removal_effects(paths, channels, counts);
  std::vector<std::optional<Interval>> found(kAttributionModels * channels);
  if (out.journeys >= 2 && out.journeys <= kJourneysDrawn && options.bootstrap.resamples > 0)
    found = intervals(paths, channels, options);
  auto all = credits(paths, channels, counts, options);
  for (std::size_t m = 0; m < kAttributionModels; ++m) {
    Attributed& model = out.models[m];
    model.conversions = std::move(all[m]);
    for (const double value : model.conversions)
      model.shares.push_back(value / static_cast<double>(out.conversions));
    const auto first = found.begin() + static_cast<std::ptrdiff_t>(m * channels);
    model.intervals.assign(first, first + static_cast<std::ptrdiff_t>(channels));
  }
  return out;
}

}  // namespace zhike::stats
