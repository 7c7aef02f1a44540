#include "mining/conform.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mining/align.h"
#include "mining/replay.h"
#include "mining/test_trees.h"

namespace zhike::mining {
namespace {

using test::act;
using test::block;
using test::Chance;
using test::log_of;
using test::Trace;

Trace trace_of(const std::string& letters) {
  Trace out;
  for (const char letter : letters) out.push_back(static_cast<Activity>(letter - 'a'));
  return out;
}

Net net_of_blocks(const Tree& tree, std::size_t activities) { return net_of(tree, test::names(activities)); }

const Tree& a_then_b() {
  static const Tree tree = block(Operator::kSequence, {act('a'), act('b')});
  return tree;
}

TEST(Replay, CountsTokensByHand) {
  const Net net = net_of_blocks(a_then_b(), 3);
  States states(net);
  // a, b: one token at first and one after each step; one taken by each step and one at the end.
  EXPECT_EQ(replay(states, trace_of("ab")).value(), (Tokens{3, 3, 0, 0}));
  // a alone: the end lacks its token, the one between the steps remains.
  EXPECT_EQ(replay(states, trace_of("a")).value(), (Tokens{2, 2, 1, 1}));
  EXPECT_DOUBLE_EQ(replay(states, trace_of("a"))->fitness(), 0.5);
  // b alone: it lacks its token, the first one remains.
  EXPECT_EQ(replay(states, trace_of("b")).value(), (Tokens{2, 2, 1, 1}));
  // c is no step of the net: a token of its own is missing, and one remains.
  EXPECT_EQ(replay(states, trace_of("acb")).value(), (Tokens{4, 4, 1, 1}));
}

TEST(Replay, TakesSilentSteps) {
  const Net net =
      net_of_blocks(block(Operator::kSequence, {act('a'), block(Operator::kXor, {Tree{}, act('b')}),
                                                block(Operator::kLoop, {act('c'), Tree{}})}),
                    3);
  States states(net);
  for (const char* text : {"ac", "abc", "accc", "abccc"})
    EXPECT_TRUE(replay(states, trace_of(text))->fits()) << text;
  EXPECT_FALSE(replay(states, trace_of("ab"))->fits());
}

TEST(Align, CostsByHand) {
  const Net net = net_of_blocks(a_then_b(), 3);
  States states(net);
  Aligner aligner(states);
  EXPECT_EQ(aligner.align(trace_of("ab"))->cost, 0);
  EXPECT_EQ(aligner.align(trace_of("acb"))->cost, 1);
  EXPECT_EQ(aligner.align(trace_of("b"))->cost, 1);
  EXPECT_EQ(aligner.align(trace_of(""))->cost, 2);
  EXPECT_EQ(aligner.align(trace_of("ba"))->cost, 2);
  const auto moves = aligner.align(trace_of("cb"))->moves;
  ASSERT_EQ(moves.size(), 3);
  EXPECT_EQ(moves[0].kind, Move::Kind::kModel);
  EXPECT_EQ(moves[1].kind, Move::Kind::kLog);
  EXPECT_EQ(moves[2].kind, Move::Kind::kSync);
  EXPECT_EQ(moves[2].after, states.final());
}

// The moves are a run of the net from its beginning to its end, and their events are the trace.
void expect_run(const Net& net, const States& states, const Trace& trace, const Alignment& alignment) {
  std::vector<int> tokens(net.places, 0);
  for (const Place place : net.initial) ++tokens[place];
  std::size_t events = 0;
  std::uint32_t cost = 0;
  for (const Move& move : alignment.moves) {
    cost += move.kind == Move::Kind::kLog || move.kind == Move::Kind::kModel ? 1 : 0;
    if (move.kind == Move::Kind::kLog || move.kind == Move::Kind::kSync) ++events;
    if (move.kind == Move::Kind::kLog) continue;
    const Transition& transition = net.transitions[move.transition];
    for (const Place place : transition.in) EXPECT_GE(--tokens[place], 0);
    for (const Place place : transition.out) ++tokens[place];
    if (move.kind == Move::Kind::kSync) EXPECT_EQ(transition.label, trace[events - 1]);
    EXPECT_TRUE(std::equal(tokens.begin(), tokens.end(), states.tokens(move.after).begin()));
  }
  EXPECT_EQ(events, trace.size());
  EXPECT_EQ(cost, alignment.cost);
  EXPECT_EQ(alignment.moves.empty() ? states.initial() : alignment.moves.back().after, states.final());
}

TEST(Align, CostsAsDijkstraSays) {
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    Chance chance(seed);
    const Net net = net_of_blocks(test::random_tree(chance, 6, {}), 7);
    States states(net);
    Aligner aligner(states);
    for (int t = 0; t < 8; ++t) {
      Trace trace(chance.below(9));
      for (Activity& activity : trace) activity = static_cast<Activity>(chance.below(7));
      const auto found = aligner.align(trace);
      ASSERT_TRUE(found);
      EXPECT_EQ(found->cost, test::slow_cost(net, trace)) << "seed " << seed << " trace " << t;
      expect_run(net, states, trace, *found);
    }
  }
}

TEST(Align, AMillionEvents) {
  const Net net = net_of_blocks(block(Operator::kLoop, {act('a'), act('b')}), 2);
  States states(net);
  Trace trace(1'000'001);
  for (std::size_t i = 0; i < trace.size(); ++i) trace[i] = static_cast<Activity>(i % 2);
  Aligner aligner(states);
  const auto found = aligner.align(trace);
  ASSERT_TRUE(found) << to_string(found.error());
  EXPECT_EQ(found->cost, 0);
  Aligner narrow(states, 1 << 20);
  const auto refused = narrow.align(trace);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConformanceTooLarge);
}

TEST(Align, ModelsWithoutAnEnd) {
  const Net net{.labels = {"a"},
                .transitions = {{.label = 0, .in = {0}, .out = {1}}},
                .places = 3,
                .initial = {0},
                .final = {2}};
  const auto found = conform(log_of({"a"}), test::names(1), net);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kBadNet);
}

double precision_of(const Tree& tree, const std::vector<std::string>& traces) {
  const auto found = conform(log_of(traces), test::names(4), net_of_blocks(tree, 4));
  return found ? found->precision.value_or(-1) : -2;
}

TEST(Precision, ByHand) {
  // Before a one label may come, and does; after it two, of which one does: 1 - 1/3.
  const Tree choice = block(Operator::kSequence, {act('a'), block(Operator::kXor, {act('b'), act('c')})});
  EXPECT_DOUBLE_EQ(precision_of(choice, {"ab"}), 2.0 / 3);
  EXPECT_DOUBLE_EQ(precision_of(choice, {"ab", "ac"}), 1);
  // After a: b, or c by a silent step, and only b comes: 1 - 1/4.
  const Tree skip =
      block(Operator::kSequence, {act('a'), block(Operator::kXor, {Tree{}, act('b')}), act('c')});
  EXPECT_DOUBLE_EQ(precision_of(skip, {"abc"}), 0.75);
  // After the only event nothing was seen to come, so only the beginning counts.
  const Tree flower = block(Operator::kLoop, {block(Operator::kXor, {act('a'), act('b')}), Tree{}});
  EXPECT_DOUBLE_EQ(precision_of(flower, {"a", "a"}), 0.5);
}

// One run of several silent ones says less of what may come than all together, so the precision of one run is
// never below; where no choice of silent steps is left behind, both are the same.
TEST(Precision, AsSetsOfMarkingsSay) {
  for (const test::With with : {test::With{true, false}, test::With{false, true}, test::With{true, true}})
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      Chance chance(seed);
      const Tree tree = test::random_tree(chance, 6, with);
      Sequences log;
      for (int t = 0; t < 30; ++t) log.add(test::play(tree, chance), 1);
      if (log.events() == 0) continue;
      const Net net = net_of_blocks(tree, 6);
      const auto found = conform(log, test::names(6), net);
      ASSERT_TRUE(found);
      EXPECT_EQ(found->cost, 0);
      const double slow = test::slow_precision(net, log);
      EXPECT_GE(found->precision.value_or(-1), slow - 1e-12) << "seed " << seed;
      if (!with.loops || !with.silent)
        EXPECT_NEAR(found->precision.value_or(-1), slow, 1e-12) << "seed " << seed;
    }
}

TEST(Precision, IsOneWhereTheLogHasAllOfTheModel) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Chance chance(seed);
    const Tree tree = test::random_tree(chance, 5, {.loops = false, .silent = false});
    Sequences log;
    for (int t = 0; t < 3000; ++t) log.add(test::play(tree, chance), 1);
    EXPECT_DOUBLE_EQ(conform(log, test::names(5), net_of_blocks(tree, 5))->precision.value_or(-1), 1) << seed;
  }
}

TEST(Conform, SumsOverCases) {
  const Net net = net_of_blocks(a_then_b(), 3);
  Sequences log;
  log.add(trace_of("ab"), 3);
  log.add(trace_of("acb"), 1);
  const auto found = conform(log, test::names(3), net);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->fitting, 3);
  EXPECT_EQ(found->cost, 1);
  EXPECT_EQ(found->worst, 3 * 4 + 5);
  EXPECT_DOUBLE_EQ(found->alignment_fitness(), 1 - 1.0 / 17);
  EXPECT_DOUBLE_EQ(found->mean_fitness, (3 * 1.0 + 0.8) / 4);
  EXPECT_DOUBLE_EQ(found->tokens.fitness(),
                   1 - 1.0 / 13);  // 3 × 3 + 4 produced and consumed, 1 missing, 1 remains
  EXPECT_DOUBLE_EQ(found->precision.value_or(-1), 1);
}

TEST(Conform, NamesMeetLabels) {
  const Net net = net_of_blocks(a_then_b(), 2);
  const std::vector<std::string> other{"x", "b", "a"};
  Sequences log;
  log.add(std::vector<Activity>{2, 1}, 1);  // a, b
  log.add(std::vector<Activity>{0}, 1);     // x
  const auto found = conform(log, other, net);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->fitting, 1);
  EXPECT_EQ(found->cost, 3);  // x alone, a and b alone
}

}  // namespace
}  // namespace zhike::mining
