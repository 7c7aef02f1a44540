#include "stats/attribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/mix.h"

namespace zhike::stats {
namespace {

using Model = AttributionModel;
using Paths = std::vector<ChannelPath>;

const AttributionOptions kQuick{.bootstrap = {.resamples = 0}};

std::vector<double> shares(const Paths& paths, std::size_t channels, Model model) {
  const auto found = attribute(paths, channels, kQuick);
  return found ? found->of(model).shares : std::vector<double>{};
}

void expect_near(const std::vector<double>& found, const std::vector<double>& wanted, double within = 1e-12) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], wanted[i], within) << i;
}

// C1 > C2 > C3 converts, C1 alone and C2 > C3 are lost.
const Paths kExample{{{0, 1, 2}, 1, 0}, {{0}, 0, 1}, {{1, 2}, 0, 1}};

TEST(Attribution, RemovalEffectsByHand) {
  // P(conversion) = 1/3. Without C1 only start → C2 (1/3) → C3 → conversion (1/2) is left: 1/6. Nothing
  // converts without C2 or C3.
  const auto found = attribute(kExample, 3, kQuick);
  ASSERT_TRUE(found);
  expect_near(found->removal_effects, {0.5, 1, 1});
  expect_near(found->of(Model::kMarkov).shares, {0.2, 0.4, 0.4});
  EXPECT_EQ(found->journeys, 3);
}

TEST(Attribution, RulesByHand) {
  const Paths paths{{{0, 1, 2, 1}, 10, 0}};
  expect_near(shares(paths, 3, Model::kFirst), {1, 0, 0});
  expect_near(shares(paths, 3, Model::kLast), {0, 1, 0});
  expect_near(shares(paths, 3, Model::kLinear), {0.25, 0.5, 0.25});
  expect_near(shares(paths, 3, Model::kTimeDecay), {1.0 / 15, 10.0 / 15, 4.0 / 15});
  expect_near(shares(paths, 3, Model::kPosition), {0.4, 0.5, 0.1});
  expect_near(shares(paths, 3, Model::kShapley), {1.0 / 3, 1.0 / 3, 1.0 / 3});
  expect_near(shares({{{0, 1}, 1, 0}}, 2, Model::kPosition), {0.5, 0.5});
}

Paths random_paths(std::uint64_t seed, std::size_t channels) {
  Paths out;
  std::uint64_t state = seed;
  const auto below = [&](std::uint64_t bound) { return (state = mix(state + 1)) % bound; };
  for (int p = 0; p < 30; ++p) {
    ChannelPath path;
    for (std::uint64_t i = 1 + below(6); i > 0; --i)
      path.channels.push_back(static_cast<std::uint32_t>(below(channels)));
    path.conversions = below(5);
    path.lost = below(20);
    out.push_back(path);
  }
  out[0].conversions = 3;
  return out;
}

// The average over all orders of what each channel adds to those before it.
std::vector<double> slow_shapley(const Paths& paths, std::size_t channels) {
  const auto worth = [&](const std::set<std::uint32_t>& members) {
    double out = 0;
    for (const ChannelPath& path : paths)
      if (std::ranges::all_of(path.channels, [&](std::uint32_t c) { return members.contains(c); }))
        out += static_cast<double>(path.conversions);
    return out;
  };
  std::vector<std::uint32_t> order(channels);
  std::iota(order.begin(), order.end(), 0U);
  std::vector<double> out(channels, 0);
  double orders = 0;
  do {
    ++orders;
    std::set<std::uint32_t> members;
    for (const std::uint32_t channel : order) {
      const double before = worth(members);
      members.insert(channel);
      out[channel] += worth(members) - before;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  for (double& value : out) value /= orders;
  return out;
}

TEST(Attribution, ShapleyAsOverAllOrders) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Paths paths = random_paths(seed, 5);
    expect_near(attribute(paths, 5, kQuick)->of(Model::kShapley).conversions, slow_shapley(paths, 5), 1e-9);
  }
}

/// P(conversion) by following the chain step by step; journeys that would touch `removed` are lost.
double slow_conversion(const Paths& paths, std::size_t channels, std::uint32_t removed) {
  constexpr std::uint32_t kStart = 1000, kConverted = 1001, kLost = 1002;
  std::map<std::uint32_t, std::map<std::uint32_t, double>> moves;
  for (const ChannelPath& path : paths) {
    const auto journeys = static_cast<double>(path.conversions + path.lost);
    std::uint32_t at = kStart;
    for (const std::uint32_t channel : path.channels) {
      moves[at][channel] += journeys;
      at = channel;
    }
    moves[at][kConverted] += static_cast<double>(path.conversions);
    moves[at][kLost] += static_cast<double>(path.lost);
  }
  std::map<std::uint32_t, double> now{{kStart, 1}};
  for (int step = 0; step < 400; ++step) {
    std::map<std::uint32_t, double> next;
    for (const auto& [at, mass] : now) {
      if (at == kConverted || at == kLost) {
        next[at] += mass;
        continue;
      }
      double sum = 0;
      for (const auto& [to, count] : moves[at]) sum += count;
      for (const auto& [to, count] : moves[at]) next[to == removed ? kLost : to] += mass * count / sum;
    }
    now = next;
  }
  EXPECT_GE(channels, 1);
  return now[kConverted];
}

TEST(Attribution, RemovalEffectsAsTheChainRuns) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Paths paths = random_paths(seed, 4);
    const auto found = attribute(paths, 4, kQuick);
    const double all = slow_conversion(paths, 4, 99);
    for (std::uint32_t c = 0; c < 4; ++c)
      EXPECT_NEAR(found->removal_effects[c], 1 - slow_conversion(paths, 4, c) / all, 1e-9) << "seed " << seed;
  }
}

TEST(Attribution, SharesAddUp) {
  const auto found = attribute(random_paths(9, 6), 6, kQuick);
  ASSERT_TRUE(found);
  for (const Attributed& model : found->models)
    EXPECT_NEAR(std::accumulate(model.shares.begin(), model.shares.end(), 0.0), 1, 1e-9);
}

// Journeys from a chain whose removal effects are known: start → 0 or 1 alike, 0 → 1 or away, 1 → conversion
// or away, each by half. P(conversion) = 3/8; without 0 it is 1/4, without 1 nothing: effects 1/3 and 1,
// shares 1/4 and 3/4.
TEST(Attribution, RecoversAKnownChain) {
  std::uint64_t state = 4;
  const auto coin = [&] { return ((state = mix(state + 1)) & 1U) != 0; };
  Paths paths{{{0}, 0, 0}, {{0, 1}, 0, 0}, {{1}, 0, 0}};
  for (int j = 0; j < 20'000; ++j) {
    const bool begins_with_0 = coin();
    if (begins_with_0 && coin()) {
      ++paths[0].lost;
      continue;
    }
    ChannelPath& path = paths[begins_with_0 ? 1 : 2];
    ++(coin() ? path.conversions : path.lost);
  }
  const auto found = attribute(paths, 2, {.bootstrap = {.resamples = 200}});
  ASSERT_TRUE(found);
  expect_near(found->removal_effects, {1.0 / 3, 1}, 0.02);
  const Attributed& model = found->of(Model::kMarkov);
  expect_near(model.shares, {0.25, 0.75}, 0.01);
  for (std::size_t c = 0; c < 2; ++c) {
    ASSERT_TRUE(model.intervals[c]);
    EXPECT_LT(model.intervals[c]->low, model.shares[c]);
    EXPECT_GT(model.intervals[c]->high, model.shares[c]);
    EXPECT_LT(model.intervals[c]->high - model.intervals[c]->low, 0.03);
  }
}

TEST(Attribution, RefusesWhatCannotBe) {
  EXPECT_EQ(attribute({}, 0, kQuick).error().code, Code::kBadPaths);
  EXPECT_EQ(attribute(Paths{{{0}, 0, 5}}, 1, kQuick).error().code, Code::kBadPaths);
  EXPECT_EQ(attribute(Paths{{{0}, 1, 5}}, 201, kQuick).error().code, Code::kBadPaths);
  // A path without a channel, and a channel that nobody touched, count for nothing.
  const auto found = attribute(Paths{{{0}, 1, 1}, {{}, 7, 7}}, 2, kQuick);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->journeys, 2);
  for (const Attributed& model : found->models) expect_near(model.shares, {1, 0});
}

}  // namespace
}  // namespace zhike::stats
