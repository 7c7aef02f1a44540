#include "mining/test_trees.h"

#include <algorithm>
#include <limits>
#include <map>
#include <queue>
#include <tuple>
#include <utility>

namespace zhike::mining::test {
namespace {

using Tokens = std::vector<int>;

Tokens initial(const Net& net) {
  Tokens out(net.places, 0);
  for (const Place place : net.initial) ++out[place];
  return out;
}
Tokens final(const Net& net) {
  Tokens out(net.places, 0);
  for (const Place place : net.final) ++out[place];
  return out;
}
bool fire(const Transition& transition, Tokens& tokens) {
  for (const Place place : transition.in)
    if (--tokens[place] < 0) return false;
  for (const Place place : transition.out) ++tokens[place];
  return true;
}

/// All markings that silent steps lead to.
std::set<Tokens> closed(const Net& net, std::set<Tokens> from) {
  std::vector<Tokens> open(from.begin(), from.end());
  while (!open.empty()) {
    const Tokens at = open.back();
    open.pop_back();
    for (const Transition& transition : net.transitions) {
      Tokens next = at;
      if (transition.label == Transition::kSilent && fire(transition, next) && from.insert(next).second)
        open.push_back(next);
    }
  }
  return from;
}

Activity smallest(const Tree& tree) {
  if (tree.op == Operator::kActivity) return tree.activity;
  Activity out = std::numeric_limits<Activity>::max();
  for (const Tree& child : tree.children) out = std::min(out, smallest(child));
  return out;
}

void interleave(std::vector<Trace> parts, Chance& chance, Trace& out) {
  std::erase_if(parts, [](const Trace& part) { return part.empty(); });
  while (!parts.empty()) {
    const std::size_t at = chance.below(parts.size());
    out.push_back(parts[at].front());
    parts[at].erase(parts[at].begin());
    if (parts[at].empty()) parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

}  // namespace

Tree act(char letter) { return {.op = Operator::kActivity, .activity = static_cast<Activity>(letter - 'a')}; }
Tree block(Operator op, std::vector<Tree> children) { return {.op = op, .children = std::move(children)}; }

Tree random_tree(Chance& chance, Activity count, With with, Activity first) {
  if (count == 1) {
    Tree leaf = {.op = Operator::kActivity, .activity = first};
    if (with.silent && chance.one_in(6)) return block(Operator::kXor, {Tree{}, leaf});
    if (with.silent && with.loops && chance.one_in(6)) return block(Operator::kLoop, {leaf, Tree{}});
    return leaf;
  }
  constexpr Operator kOps[] = {Operator::kXor, Operator::kSequence, Operator::kParallel, Operator::kSequence,
                               Operator::kLoop};
  const Operator op = kOps[chance.below(with.loops ? 5 : 4)];
  const auto left = static_cast<Activity>(1 + chance.below(count - 1));
  Tree a = random_tree(chance, left, with, first);
  Tree b = random_tree(chance, count - left, with, first + left);
  return block(op, {std::move(a), std::move(b)});
}

Trace play(const Tree& tree, Chance& chance) {
  Trace out;
  const auto append = [&](const Tree& child) {
    const Trace part = play(child, chance);
    out.insert(out.end(), part.begin(), part.end());
  };
  switch (tree.op) {
    case Operator::kActivity:
      return {tree.activity};
    case Operator::kSilent:
      break;
    case Operator::kXor:
      append(tree.children[chance.below(tree.children.size())]);
      break;
    case Operator::kSequence:
      for (const Tree& child : tree.children) append(child);
      break;
    case Operator::kParallel: {
      std::vector<Trace> parts;
      for (const Tree& child : tree.children) parts.push_back(play(child, chance));
      interleave(std::move(parts), chance, out);
      break;
    }
    case Operator::kLoop:
      append(tree.children[0]);
      while (chance.one_in(3)) {
        append(tree.children[1]);
        append(tree.children[0]);
      }
      break;
  }
  return out;
}

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.emplace_back(1, static_cast<char>('a' + i));
  return out;
}

Sequences log_of(const std::vector<std::string>& traces) {
  Sequences out;
  for (const std::string& letters : traces) {
    Trace trace;
    for (const char letter : letters) trace.push_back(static_cast<Activity>(letter - 'a'));
    out.add(trace, 1);
  }
  return out;
}

Tree ordered(Tree tree) {
  for (Tree& child : tree.children) child = ordered(std::move(child));
  if (tree.op == Operator::kXor || tree.op == Operator::kParallel)
    std::ranges::sort(tree.children, {}, [](const Tree& child) { return smallest(child); });
  return tree;
}

std::uint32_t slow_cost(const Net& net, const Trace& trace) {
  using State = std::pair<std::size_t, Tokens>;
  using Entry = std::pair<std::uint32_t, State>;
  std::map<State, std::uint32_t> best;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  const auto reach = [&](std::uint32_t cost, State state) {
    const auto [known, is_new] = best.try_emplace(state, cost);
    if (!is_new && known->second <= cost) return;
    known->second = cost;
    open.emplace(cost, std::move(state));
  };
  reach(0, {0, initial(net)});
  while (!open.empty()) {
    const auto [cost, state] = open.top();
    open.pop();
    const auto& [at, tokens] = state;
    if (at == trace.size() && tokens == final(net)) return cost;
    if (at < trace.size()) reach(cost + 1, {at + 1, tokens});
    for (const Transition& transition : net.transitions) {
      Tokens next = tokens;
      if (!fire(transition, next)) continue;
      reach(cost + (transition.label == Transition::kSilent ? 0 : 1), {at, next});
      if (at < trace.size() && transition.label == trace[at]) reach(cost, {at + 1, next});
    }
  }
  return std::numeric_limits<std::uint32_t>::max();
}

double slow_precision(const Net& net, const Sequences& log) {
  struct Seen {
    std::uint64_t weight = 0;
    std::set<Activity> next;
  };
  std::map<Trace, Seen> beginnings;
  for (std::size_t t = 0; t < log.size(); ++t) {
    Trace beginning;
    for (const Activity activity : log[t]) {
      Seen& seen = beginnings[beginning];
      seen.weight += log.count(t);
      seen.next.insert(activity);
      beginning.push_back(activity);
    }
  }
  double enabled = 0, escaping = 0;
  for (const auto& [beginning, seen] : beginnings) {
    std::set<Tokens> now = closed(net, {initial(net)});
    const auto after = [&](Activity label) {
      std::set<Tokens> out;
      for (const Tokens& tokens : now)
        for (const Transition& transition : net.transitions) {
          Tokens next = tokens;
          if (transition.label == label && fire(transition, next)) out.insert(next);
        }
      return out;
    };
    for (const Activity activity : beginning) now = closed(net, after(activity));
    std::size_t may = 0;
    for (Activity label = 0; label < net.labels.size(); ++label) may += after(label).empty() ? 0 : 1;
    enabled += static_cast<double>(seen.weight * may);
    escaping += static_cast<double>(seen.weight * (may - seen.next.size()));
  }
  return 1 - escaping / enabled;
}

}  // namespace zhike::mining::test
