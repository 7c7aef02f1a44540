// How often the intervals of a budget response hold the truth, in worlds planted here: for each kind of world
// the share of those held, of share, average, next unit and gain. ./dev nightly; a minute or more.
//
// budget_coverage [WORLDS [RESAMPLES [WORD]]]   kinds whose name contains WORD
//
// Leaves with 1 where a kind that the model describes is held in fewer than 92 % of the cases less three
// standard errors.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "stats/budget_planted.h"
#include "stats/budget_response.h"

namespace {

using zhike::stats::BudgetIssue;
using zhike::stats::BudgetResponse;
using zhike::stats::BudgetSeries;
using zhike::stats::ChannelResponse;
using zhike::stats::Ranged;
using zhike::stats::planted::Chance;
using zhike::stats::planted::Truth;

struct Kind {
  std::string_view name;
  std::size_t weeks;
  double noise, follows;  ///< `follows`: of the noise of a week to that of the week before
  std::vector<Truth> truths;
};

std::vector<Kind> kinds() {
  const std::vector<Truth> curves{{0.3, 80, 2.0}, {0.5, 300, 0.6}, {0.0, 120, 1.0}};
  const std::vector<Truth> lines{{0.3, 0, 0.8}, {0.6, 0, 0.5}, {0.0, 0, 0.4}};
  const std::vector<Truth> six{{0.3, 80, 2.0},  {0.5, 300, 0.6}, {0.0, 120, 1.0},
                               {0.6, 150, 0.8}, {0.2, 200, 1.2}, {0.4, 100, 0.7}};
  return {{"curves, 156 weeks", 156, 10, 0, curves},     {"curves, 156 weeks, loud", 156, 30, 0, curves},
          {"curves, 260 weeks", 260, 15, 0, curves},     {"curves, follows 0.3", 156, 15, 0.3, curves},
          {"curves, follows 0.6", 156, 15, 0.6, curves}, {"lines, 156 weeks", 156, 15, 0, lines},
          {"lines, follows 0.5", 156, 15, 0.5, lines},   {"two, 80 weeks", 80, 10, 0, {curves[0], lines[1]}},
          {"six, 104 weeks", 104, 10, 0, six},           {"six, 208 weeks", 208, 15, 0, six}};
}

struct World {
  BudgetSeries series;
  std::vector<double> brought;  ///< by channel, in all weeks
};

World planted(const Kind& kind, std::uint64_t seed) {
  Chance chance(seed);
  World out;
  double left = kind.noise * chance.normal();
  for (std::size_t t = 0; t < kind.weeks; ++t) {
    left = kind.follows * left + std::sqrt(1 - kind.follows * kind.follows) * kind.noise * chance.normal();
    out.series.outcome.push_back(100 + 0.2 * static_cast<double>(t) + left);
  }
  for (const Truth& truth : kind.truths) {
    auto& channel = out.series.channels.emplace_back();
    channel.name = fmt::format("c{}", out.series.channels.size());
    double level = 0;
    for (std::size_t t = 0; t < kind.weeks; ++t) {
      if (t % 4 == 0) level = 20 + 200 * chance.even();
      channel.spend.push_back(chance.even() < 0.2 ? 0 : level * (0.5 + chance.even()));
    }
    out.brought.push_back(0);
    const auto due = brought(channel.spend, truth);
    for (std::size_t t = 0; t < kind.weeks; ++t) {
      out.series.outcome[t] += due[t];
      out.brought.back() += due[t];
    }
  }
  return out;
}

struct Tally {
  int below = 0, held = 0, above = 0;  ///< where the truth lies
  double width = 0;
  void take(const Ranged& told, double truth) {
    ++(truth < told.interval->low ? below : truth > told.interval->high ? above : held);
    width += told.interval->high - told.interval->low;
  }
  [[nodiscard]] int all() const { return below + held + above; }
  [[nodiscard]] double part() const { return held / static_cast<double>(all()); }
};

constexpr std::array<std::string_view, 5> kFigures{"share", "average", "marginal", "curve", "gain"};

struct Outcome {
  std::array<Tally, kFigures.size()> tallies{};
  int warned = 0, answered = 0;
  double seconds = 0, off = 0;  ///< off: root mean square of the shares' errors
};

void judge(const Kind& kind, const World& world, const BudgetResponse& found, Outcome& out) {
  double gained = 0;
  for (std::size_t c = 0; c < kind.truths.size(); ++c) {
    const ChannelResponse& one = found.channels[c];
    const Truth& truth = kind.truths[c];
    const double share = world.brought[c] / found.outcome;
    out.tallies[0].take(one.share, share);
    out.tallies[1].take(one.average, world.brought[c] / one.spent);
    out.tallies[2].take(one.marginal, truth.next(one.present));
    const auto& middle = one.curve[one.curve.size() / 2];
    out.tallies[3].take(middle.brings, truth.brings(middle.spend));
    out.off += (one.share.value - share) * (one.share.value - share);
    gained += truth.brings(one.better) - truth.brings(one.present);
  }
  out.tallies[4].take(found.gain, gained);
  for (const auto& note : found.notes) out.warned += note.issue == BudgetIssue::kRestDrifts ? 1 : 0;
  ++out.answered;
}

bool study(const Kind& kind, int worlds, int resamples) {
  Outcome out;
  for (int w = 1; w <= worlds; ++w) {
    const World world = planted(kind, static_cast<std::uint64_t>(w));
    const auto begun = std::chrono::steady_clock::now();
    const auto found = budget_response(world.series, {.seed = 7, .resamples = resamples});
    out.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    if (found.is_answered()) judge(kind, world, found, out);
  }
  fmt::print("{:<26}", kind.name);
  bool is_good = out.answered > 0;
  for (std::size_t f = 0; f < kFigures.size() && out.answered > 0; ++f) {
    const Tally& one = out.tallies[f];
    fmt::print("  {} {:.1f} % (-{} +{}) ±{:.3g}", kFigures[f], 100 * one.part(), one.below, one.above,
               one.width / 2 / one.all());
    constexpr double kLeast = 0.92;
    is_good = is_good && one.part() >= kLeast - 3 * std::sqrt(kLeast * (1 - kLeast) / out.answered);
  }
  fmt::print("  off {:.4f}  drift told {}/{}  {:.2f} s\n",
             std::sqrt(out.off / out.answered / static_cast<double>(kind.truths.size())), out.warned,
             out.answered, out.seconds / worlds);
  std::fflush(stdout);
  return is_good;
}

}  // namespace

int main(int count, char** words) {
  const int worlds = count > 1 ? std::atoi(words[1]) : 200, resamples = count > 2 ? std::atoi(words[2]) : 200;
  const std::string_view wanted = count > 3 ? words[3] : "";
  bool is_good = true;
  for (const Kind& kind : kinds())
    if (kind.name.contains(wanted)) is_good = study(kind, worlds, resamples) && is_good;
  return is_good ? 0 : 1;
}
