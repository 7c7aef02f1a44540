#include "mining/inductive.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mining/conform.h"
#include "mining/test_trees.h"

namespace zhike::mining {
namespace {

using test::act;
using test::block;
using test::Chance;
using test::log_of;

std::string mined(const std::vector<std::string>& traces, double noise = 0) {
  const auto tree = mine_inductive(log_of(traces), noise);
  return tree ? to_string(*tree, test::names(26)) : to_string(tree.error());
}

Sequences played(const Tree& tree, Chance& chance, int times) {
  Sequences out;
  for (int i = 0; i < times; ++i) out.add(test::play(tree, chance), 1);
  return out;
}

TEST(Inductive, FindsEachCut) {
  EXPECT_EQ(mined({"a"}), "'a'");
  EXPECT_EQ(mined({"a", "b"}), "X( 'a', 'b' )");
  EXPECT_EQ(mined({"abc"}), "->( 'a', 'b', 'c' )");
  EXPECT_EQ(mined({"ab", "ba"}), "+( 'a', 'b' )");
  EXPECT_EQ(mined({"a", "aba", "ababa"}), "*( 'a', 'b' )");
  EXPECT_EQ(mined({"ab", "b"}), "->( X( tau, 'a' ), 'b' )");
  EXPECT_EQ(mined({"a", "aba", "aca"}), "*( 'a', X( 'b', 'c' ) )");
}

TEST(Inductive, BaseCases) {
  EXPECT_EQ(mined({""}), "tau");
  EXPECT_EQ(mined({}), "tau");
  EXPECT_EQ(mined({"", "a"}), "X( tau, 'a' )");
  EXPECT_EQ(mined({"a", "aaa"}), "*( 'a', tau )");
}

TEST(Inductive, FallsThrough) {
  // No cut, but a comes once in every trace: it stands beside the rest.
  EXPECT_EQ(mined({"abc", "cab"}), "+( 'a', 'b', 'c' )");
  // No cut but without a, which not every trace has.
  EXPECT_EQ(mined({"ad", "be", "bd"}), "+( X( tau, 'a' ), ->( X( tau, 'b' ), X( 'd', 'e' ) ) )");
  // The whole again and again.
  EXPECT_EQ(mined({"ab", "abab"}), "*( ->( 'a', 'b' ), tau )");
  // Nothing else: any sequence.
  EXPECT_EQ(mined({"ad", "bd", "be", "ce", "cf", "af"}), "*( X( 'a', 'd', 'b', 'e', 'c', 'f' ), tau )");
}

// Van der Aalst (2016), Process Mining, 2nd ed., table 2.1, and the model of figure 2.2 in blocks: a register
// request, b examine thoroughly, c examine casually, d check ticket, e decide, f reinitiate request, g pay
// compensation, h reject request.
TEST(Inductive, RunningExample) {
  EXPECT_EQ(mined({"abdeh", "adceg", "acdefbdeg", "adbeh", "acdefdcefcdeh", "acdeg"}),
            "->( 'a', *( ->( +( X( 'b', 'c' ), 'd' ), 'e' ), 'f' ), X( 'h', 'g' ) )");
}

TEST(Inductive, LeavesOutWhatIsRare) {
  std::vector<std::string> traces(100, "abcd");
  traces.insert(traces.end(), 100, "acbd");
  traces.emplace_back("dbca");
  EXPECT_EQ(mined(traces, 0.2), "->( 'a', +( 'b', 'c' ), 'd' )");
  EXPECT_NE(mined(traces, 0), "->( 'a', +( 'b', 'c' ), 'd' )");
  // Rare skips and repeats too.
  std::vector<std::string> skips(100, "ab");
  skips.emplace_back("b");
  EXPECT_EQ(mined(skips, 0.2), "->( 'a', 'b' )");
  std::vector<std::string> repeats(100, "a");
  repeats.emplace_back("aa");
  EXPECT_EQ(mined(repeats, 0.2), "'a'");
}

TEST(Inductive, RefusesTooManyActivities) {
  Sequences log;
  std::vector<Activity> trace;
  for (Activity a = 0; a <= kActivitiesMax; ++a) trace.push_back(a);
  log.add(trace, 1);
  const auto tree = mine_inductive(log, 0);
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().code, Code::kLogTooLarge);
}

// Leemans et al. (2013), theorem on rediscovery: trees without loops and silent steps come back as they are.
TEST(Inductive, RediscoversSimpleTrees) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Chance chance(seed);
    const Tree tree = simplified(test::random_tree(chance, 6, {.loops = false, .silent = false}));
    const auto again = mine_inductive(played(tree, chance, 2000), 0);
    ASSERT_TRUE(again);
    EXPECT_EQ(to_string(test::ordered(*again), test::names(6)),
              to_string(test::ordered(tree), test::names(6)))
        << "seed " << seed;
  }
}

void expect_sound_and_fitting(const Sequences& log, std::size_t activities, std::uint64_t seed) {
  const auto tree = mine_inductive(log, 0);
  ASSERT_TRUE(tree);
  const auto names = test::names(activities);
  const Net net = net_of(*tree, names);
  EXPECT_EQ(soundness(net, 100'000), Soundness::kSound) << "seed " << seed << " " << to_string(*tree, names);
  const auto found = conform(log, names, net);
  ASSERT_TRUE(found) << to_string(found.error());
  EXPECT_EQ(found->cost, 0) << "seed " << seed << " " << to_string(*tree, names);
  EXPECT_EQ(found->fitting, log.total());
  EXPECT_TRUE(found->tokens.fits());
}

TEST(Inductive, WhatTreesPlayFitsWhatIsMinedOfIt) {
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    Chance chance(seed);
    const Tree tree = test::random_tree(chance, 7, {});
    expect_sound_and_fitting(played(tree, chance, 60), 7, seed);
  }
}

TEST(Inductive, AnyLogFitsWhatIsMinedOfIt) {
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    Chance chance(seed);
    Sequences log;
    for (int t = 0; t < 12; ++t) {
      std::vector<Activity> trace(chance.below(8));
      for (Activity& activity : trace) activity = static_cast<Activity>(chance.below(6));
      log.add(trace, 1 + chance.below(3));
    }
    expect_sound_and_fitting(log, 6, seed);
  }
}

// With noise left out the model is still sound, and what is frequent fits.
TEST(Inductive, ModelsWithoutNoiseAreSound) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Chance chance(seed);
    const Tree tree = test::random_tree(chance, 6, {});
    Sequences log = played(tree, chance, 200);
    for (int t = 0; t < 5; ++t) {
      std::vector<Activity> trace(1 + chance.below(6));
      for (Activity& activity : trace) activity = static_cast<Activity>(chance.below(6));
      log.add(trace, 1);
    }
    const auto again = mine_inductive(log, 0.2);
    ASSERT_TRUE(again);
    EXPECT_EQ(soundness(net_of(*again, test::names(6)), 100'000), Soundness::kSound) << "seed " << seed;
  }
}

TEST(Tree, IsWrittenShort) {
  const Tree tree =
      block(Operator::kSequence, {block(Operator::kSequence, {act('a'), Tree{}}),
                                  block(Operator::kXor, {Tree{}, block(Operator::kXor, {act('b'), Tree{}})}),
                                  block(Operator::kParallel, {act('c')})});
  EXPECT_EQ(to_string(simplified(tree), test::names(3)), "->( 'a', X( tau, 'b' ), 'c' )");
}

}  // namespace
}  // namespace zhike::mining
