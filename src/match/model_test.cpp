// Models: learned, judged by hand-worked weights, saved and read again.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "match/estimate.h"
#include "match/model.h"

namespace zhike::match {
namespace {

/// Three columns whose truth is known, and pairs drawn from them.
struct World {
  double lambda = 0.01;
  std::array<ByLevel, 4> m{}, u{};
  std::array<Kind, 4> kinds{Kind::kIdNumber, Kind::kCategory, Kind::kPhone, Kind::kYear};
};

World world() {
  World out;
  out.m = {ByLevel{0, 0.05, 0.03, 0.07, 0.85}, ByLevel{0, 0.1, 0.9}, ByLevel{0, 0.15, 0.02, 0.08, 0.05, 0.7},
           ByLevel{0, 0.04, 0.06, 0.1, 0.8}};
  out.u = {ByLevel{0, 0.9699, 0.02, 0.01, 0.0001}, ByLevel{0, 0.75, 0.25},
           ByLevel{0, 0.978, 0.02, 0.001, 0.0005, 0.0005}, ByLevel{0, 0.66, 0.22, 0.1, 0.02}};
  return out;
}

/// Pairs that agree alike are counted by a Poisson draw around what the shares promise.
std::vector<Agreement> pairs_of(const World& world, double lambda, std::size_t count,
                                std::mt19937_64& random) {
  std::vector<Agreement> out;
  const auto extend = [&](auto&& self, std::size_t k, std::uint64_t levels, double of_match,
                          double of_other) {
    if (k == world.kinds.size()) {
      const double expected = static_cast<double>(count) * (lambda * of_match + (1 - lambda) * of_other);
      std::poisson_distribution<> drawn(expected);
      if (const int found = expected > 0 ? drawn(random) : 0; found > 0)
        out.push_back({levels, 1, static_cast<double>(found)});
      return;
    }
    constexpr double kMissingShare = 0.1;
    self(self, k + 1, levels, of_match * kMissingShare, of_other * kMissingShare);
    for (Level level = kElse; level <= top_level(world.kinds[k]); ++level)
      self(self, k + 1, levels | static_cast<std::uint64_t>(level) << (k * kLevelBits),
           of_match * (1 - kMissingShare) * world.m[k][level],
           of_other * (1 - kMissingShare) * world.u[k][level]);
  };
  extend(extend, 0, 0, 1, 1);
  return out;
}

// Stated tolerance: 0.03 for m, a tenth of itself and 0.0003 for u, a tenth for the number of matches.
TEST(Estimate, RecoversKnownParameters) {
  const World truth = world();
  std::mt19937_64 random(11);
  Model model;
  for (const Kind kind : truth.kinds)
    model.comparisons.push_back({.column = std::string(to_string(kind)), .kind = kind});
  model.rules = {Rule{}};
  const Evidence evidence{
      .random = pairs_of(truth, 0, 1'000'000, random),
      .blocked = pairs_of(truth, truth.lambda, 1'000'000, random),
      .blocked_share = 1,
      .pairs = 1'000'000,
      .agreeing = {0.0001 * 0.99 + 0.0085, 0.25 * 0.99 + 0.009, 0.0005 * 0.99 + 0.007, 0.02 * 0.99 + 0.008}};
  const Estimated estimated = estimate(model, evidence);
  EXPECT_TRUE(estimated.converged);
  EXPECT_NEAR(estimated.matches, 10'000, 1'000);
  for (std::size_t k = 0; k < truth.kinds.size(); ++k)
    for (Level level = kElse; level <= top_level(truth.kinds[k]); ++level) {
      EXPECT_NEAR(model.comparisons[k].m[level], truth.m[k][level], 0.03) << k << " m " << int{level};
      EXPECT_NEAR(model.comparisons[k].u[level], truth.u[k][level], 0.1 * truth.u[k][level] + 3e-4)
          << k << " u " << int{level};
    }
}

TEST(Estimate, FindsHardlyAnyMatchWhereThereIsNone) {
  const World truth = world();
  std::mt19937_64 random(5);
  Model model;
  for (const Kind kind : truth.kinds)
    model.comparisons.push_back({.column = std::string(to_string(kind)), .kind = kind});
  model.rules = {Rule{}};
  const Evidence evidence{.random = pairs_of(truth, 0, 200'000, random),
                          .blocked = pairs_of(truth, 0, 200'000, random),
                          .pairs = 200'000,
                          .agreeing = {0.0001, 0.25, 0.0005, 0.02}};
  EXPECT_LT(estimate(model, evidence).matches, 200);
}

Model small_model() {
  Model out{.prior = -10, .merge_at = 1, .review_at = -4};
  out.comparisons = {
      {.column = "姓 \"x\"", .kind = Kind::kSurname, .swaps_with = 1},
      {.column = "given", .kind = Kind::kGivenName, .swaps_with = 0},
      {.column = "born", .kind = Kind::kDate, .day_order = DayOrder::kMonthFirst, .told_by = 1U},
      {.column = "text", .kind = Kind::kText, .without = {"born"}}};
  for (Comparison& at : out.comparisons)
    for (Level level = kElse; level <= top_level(at.kind); ++level) {
      at.m[level] = 0.125 * level / 8;
      at.u[level] = 0.125 / level;
    }
  out.rules = {{{{0, View::kSound}, {2, View::kValue}}}, {{{3, View::kTokens}}}};
  return out;
}

// Fellegi and Sunter: log2(0.8 / 0.05) = 4; odds of 2^4 are 16 to 1.
TEST(Model, WeightsWorkedByHand) {
  Model model;
  model.comparisons = {{.column = "c", .kind = Kind::kCategory, .m = {0, 0.2, 0.8}, .u = {0, 0.95, 0.05}}};
  EXPECT_DOUBLE_EQ(model.weight(0, 2), 4);
  EXPECT_NEAR(model.weight(0, 1), std::log2(0.2 / 0.95), 1e-12);
  EXPECT_DOUBLE_EQ(model.weight(0, kMissing), 0);
  EXPECT_NEAR(probability_of(4), 16.0 / 17, 1e-12);
  EXPECT_NEAR(log2_odds_of(probability_of(-7.5)), -7.5, 1e-9);
}

TEST(ModelFile, ReadsWhatItWrites) {
  const Model model = small_model();
  const auto read = parse_model(to_toml(model));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(to_toml(*read), to_toml(model));
  EXPECT_EQ(read->rules, model.rules);
  EXPECT_EQ(read->comparisons[0].column, "姓 \"x\"");
  EXPECT_EQ(read->comparisons[2].day_order, DayOrder::kMonthFirst);
  EXPECT_EQ(read->comparisons[2].told_by, 1U);
}

TEST(ModelFile, RefusesWhatIsNoModel) {
  const std::string good = to_toml(small_model());
  const auto spoiled = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return parse_model(text);
  };
  EXPECT_FALSE(parse_model(""));
  EXPECT_FALSE(parse_model("version = 1"));
  EXPECT_FALSE(parse_model("[[["));
  EXPECT_FALSE(spoiled("prior = -10", "prior = nan"));
  EXPECT_FALSE(spoiled("kind = \"date\"", "kind = \"dates\""));
  EXPECT_FALSE(spoiled("born.value", "nobody.value"));
  EXPECT_FALSE(spoiled("text.tokens", "given.tokens"));
  EXPECT_FALSE(spoiled("swaps_with = \"given\"", "swaps_with = \"born\""));
  EXPECT_FALSE(spoiled("review_at = -4", "review_at = 4"));
  const std::size_t first_comparison = good.find("[[comparison]]");
  for (std::size_t at = 0; at < first_comparison; ++at) EXPECT_FALSE(parse_model(good.substr(0, at)));
  for (std::size_t at = first_comparison; at < good.size(); ++at)
    (void)parse_model(good.substr(0, at));  // never ends
  for (const std::string_view header : {"[[", "[[\n", "[[!", "[!", "[", "[a.!", "[[a.\n"})
    EXPECT_FALSE(parse_model(good + std::string(header))) << header;
}

}  // namespace
}  // namespace zhike::match
