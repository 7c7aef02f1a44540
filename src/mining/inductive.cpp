#include "mining/inductive.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "mining/cuts.h"
#include "mining/follows.h"

namespace zhike::mining {
namespace {

Tree activity_tree(Activity activity) { return {.op = Operator::kActivity, .activity = activity}; }

/// Two blocks; the children of a loop are body and way back.
Tree pair(Operator op, Tree first, Tree second) {
  Tree out{.op = op};
  out.children.push_back(std::move(first));
  out.children.push_back(std::move(second));
  return out;
}

/// Calls keep(activity) for each event.
template <class Keep>
Sequences filtered(const Sequences& log, const Keep& keep) {
  Sequences out;
  std::vector<Activity> kept;
  for (std::size_t t = 0; t < log.size(); ++t) {
    kept.clear();
    for (const Activity activity : log[t])
      if (keep(activity)) kept.push_back(activity);
    out.add(kept, log.count(t));
  }
  return out;
}

/// The traces cut before every event for which begins(before, event).
template <class Begins>
Sequences cut_before(const Sequences& log, const Begins& begins) {
  Sequences out;
  for (std::size_t t = 0; t < log.size(); ++t) {
    const auto trace = log[t];
    std::size_t from = 0;
    for (std::size_t i = 1; i < trace.size(); ++i)
      if (begins(trace[i - 1], trace[i])) {
        out.add(trace.subspan(from, i - from), log.count(t));
        from = i;
      }
    out.add(trace.subspan(from), log.count(t));
  }
  return out;
}

class Miner {
 public:
  explicit Miner(double noise) : noise_(noise) {}

  Tree mine(const Sequences& log) {
    std::uint64_t empty = 0;
    for (std::size_t t = 0; t < log.size(); ++t) empty += log[t].empty() ? log.count(t) : 0;
    if (empty == log.total()) return {};
    if (empty == 0) return mine_filled(log);
    Sequences filled;
    for (std::size_t t = 0; t < log.size(); ++t)
      if (!log[t].empty()) filled.add(log[t], log.count(t));
    Tree tree = mine_filled(filled);
    if (static_cast<double>(empty) < noise_ * static_cast<double>(log.total())) return tree;
    return pair(Operator::kXor, {}, std::move(tree));
  }

 private:
  /// A log without empty traces.
  Tree mine_filled(const Sequences& log) {
    const Alphabet alphabet = alphabet_of(log);
    if (alphabet.size() == 1) return mine_single(log, alphabet.activities.front());
    const Follows follows = follows_of(log, alphabet);
    if (const auto cut = cut_of(follows)) return mine_parts(split(log, alphabet, *cut), cut->op);
    return fall_through(log, alphabet, follows);
  }

  std::optional<Cut> cut_of(const Follows& follows) const {
    auto cut = find_cut(follows);
    if (!cut && noise_ > 0) cut = find_cut(without_rare(follows, noise_));
    return cut;
  }

  Tree mine_single(const Sequences& log, Activity activity) const {
    const auto traces = static_cast<double>(log.total()), events = static_cast<double>(log.events());
    // Once each, or so nearly that the rest is noise: Leemans et al. (2013, IMf), 3.1, base case filter.
    if (log.total() == log.events() || std::abs(traces / (traces + events) - 0.5) < noise_ / 2)
      return activity_tree(activity);
    return pair(Operator::kLoop, activity_tree(activity), {});
  }

  Tree mine_parts(const std::vector<Sequences>& parts, Operator op) {
    std::vector<Tree> children;
    for (const Sequences& part : parts) {
      // An alternative of which every event was dropped as noise is none.
      if (op == Operator::kXor && part.size() == 0) continue;
      children.push_back(mine(part));
    }
    if (op != Operator::kLoop) return {.op = op, .children = std::move(children)};
    Tree body = std::move(children.front());
    children.erase(children.begin());
    return pair(Operator::kLoop, std::move(body),
                simplified({.op = Operator::kXor, .children = std::move(children)}));
  }

  Tree fall_through(const Sequences& log, const Alphabet& alphabet, const Follows& follows) {
    if (const auto once = once_each(log, alphabet)) return beside(log, *once);
    if (const auto free = concurrent(log, alphabet)) return beside(log, *free);
    const auto starts = [&](Activity a) { return follows.starts[alphabet.place[a]] > 0; };
    const auto ends = [&](Activity a) { return follows.ends[alphabet.place[a]] > 0; };
    const Sequences whole = cut_before(log, [&](Activity a, Activity b) { return ends(a) && starts(b); });
    if (whole.total() > log.total()) return pair(Operator::kLoop, mine(whole), {});
    const Sequences begun = cut_before(log, [&](Activity, Activity b) { return starts(b); });
    if (begun.total() > log.total()) return pair(Operator::kLoop, mine(begun), {});
    Tree any{.op = Operator::kXor};
    for (const Activity activity : alphabet.activities) any.children.push_back(activity_tree(activity));
    return pair(Operator::kLoop, std::move(any), {});
  }

  /// The activity beside all others.
  Tree beside(const Sequences& log, Activity activity) {
    Tree alone = mine(filtered(log, [&](Activity a) { return a == activity; }));
    Tree others = mine(filtered(log, [&](Activity a) { return a != activity; }));
    return pair(Operator::kParallel, std::move(alone), std::move(others));
  }

  /// An activity that every trace has exactly once.
  static std::optional<Activity> once_each(const Sequences& log, const Alphabet& alphabet) {
    std::vector<std::uint64_t> traces(alphabet.size(), 0);
    std::vector<bool> is_once(alphabet.size(), true);
    std::vector<std::size_t> seen_in(alphabet.size(), 0);
    for (std::size_t t = 0; t < log.size(); ++t)
      for (const Activity activity : log[t]) {
        const std::uint32_t place = alphabet.place[activity];
        if (seen_in[place] == t + 1) {
          is_once[place] = false;
        } else {
          seen_in[place] = t + 1;
          traces[place] += log.count(t);
        }
      }
    for (std::size_t place = 0; place < alphabet.size(); ++place)
      if (is_once[place] && traces[place] == log.total()) return alphabet.activities[place];
    return std::nullopt;
  }

  /// An activity without which there is a cut.
  std::optional<Activity> concurrent(const Sequences& log, const Alphabet& alphabet) const {
    for (const Activity left_out : alphabet.activities) {
      const Sequences others = filtered(log, [&](Activity a) { return a != left_out; });
      if (cut_of(follows_of(others, alphabet_of(others)))) return left_out;
    }
    return std::nullopt;
  }

  double noise_;
};

}  // namespace

Result<Tree> mine_inductive(const Sequences& log, double noise) {
  const std::size_t activities = alphabet_of(log).size();
  if (activities > kActivitiesMax)
    return fail(Code::kLogTooLarge, "{} activities; a model is mined from up to {}", activities,
                kActivitiesMax);
  return simplified(Miner(noise).mine(log));
}

}  // namespace zhike::mining
