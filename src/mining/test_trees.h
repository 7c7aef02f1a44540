// Random process trees and what they play out, and slow references for what the module computes fast.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/mix.h"
#include "mining/net.h"
#include "mining/tree.h"

namespace zhike::mining::test {

/// The same numbers on every machine.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(mix(seed)) {}
  std::uint64_t below(std::uint64_t bound) { return (state_ = mix(state_ + 1)) % bound; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

using Trace = std::vector<Activity>;

struct With {
  bool loops = true, silent = true;
};
/// A block of `count` activities, each once, the first `first`.
Tree random_tree(Chance& chance, Activity count, With with, Activity first = 0);
/// One run's visible steps.
Trace play(const Tree& tree, Chance& chance);
/// "a", "b", ...
std::vector<std::string> names(std::size_t count);
/// {"abc", "ab"}: a sequence each, of one letter an activity.
Sequences log_of(const std::vector<std::string>& traces);
Tree act(char letter);
Tree block(Operator op, std::vector<Tree> children);
/// Children of xor and parallel in order of their smallest activity, so that equal models are equal.
Tree ordered(Tree tree);

/// Reference: the cost of the cheapest alignment, by Dijkstra's algorithm over markings and places, no
/// estimate.
std::uint32_t slow_cost(const Net& net, const Trace& trace);
/// Reference: precision of a log that fits, from sets of all markings that each beginning may lead to.
double slow_precision(const Net& net, const Sequences& log);

}  // namespace zhike::mining::test
