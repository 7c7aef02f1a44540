#include "mining/cuts.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <span>
#include <utility>

namespace zhike::mining {
namespace {

class UnionFind {
 public:
  explicit UnionFind(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0U); }
  std::uint32_t find(std::uint32_t x) {
    while (parent_[x] != x) x = parent_[x] = parent_[parent_[x]];
    return x;
  }
  void join(std::size_t a, std::size_t b) {
    const std::uint32_t x = find(static_cast<std::uint32_t>(a)), y = find(static_cast<std::uint32_t>(b));
    parent_[std::max(x, y)] = std::min(x, y);
  }
  /// Groups in order of their first member.
  Cut cut(Operator op) {
    Cut out{.op = op, .group = std::vector<std::uint32_t>(parent_.size()), .groups = 0};
    for (std::uint32_t i = 0; i < parent_.size(); ++i) {
      const std::uint32_t root = find(i);
      out.group[i] = root == i ? out.groups++ : out.group[root];
    }
    return out;
  }

 private:
  std::vector<std::uint32_t> parent_;
};

std::optional<Cut> if_cut(Cut cut) { return cut.groups > 1 ? std::optional(std::move(cut)) : std::nullopt; }

std::optional<Cut> xor_cut(const Follows& follows) {
  UnionFind parts(follows.size);
  for (std::size_t a = 0; a < follows.size; ++a)
    for (std::size_t b = 0; b < follows.size; ++b)
      if (follows.has(a, b)) parts.join(a, b);
  return if_cut(parts.cut(Operator::kXor));
}

/// Which activity leads to which over any number of edges: rows of bits.
class Reach {
 public:
  explicit Reach(const Follows& follows) : words_((follows.size + 63) / 64), bits_(follows.size * words_, 0) {
    for (std::size_t a = 0; a < follows.size; ++a)
      for (std::size_t b = 0; b < follows.size; ++b)
        if (follows.has(a, b)) bits_[a * words_ + b / 64] |= std::uint64_t{1} << (b % 64);
    for (std::size_t via = 0; via < follows.size; ++via)  // Warshall
      for (std::size_t a = 0; a < follows.size; ++a)
        if (has(a, via))
          for (std::size_t w = 0; w < words_; ++w) bits_[a * words_ + w] |= bits_[via * words_ + w];
  }
  [[nodiscard]] bool has(std::size_t a, std::size_t b) const {
    return ((bits_[a * words_ + b / 64] >> (b % 64)) & 1U) != 0;
  }

 private:
  std::size_t words_;
  std::vector<std::uint64_t> bits_;
};

std::optional<Cut> sequence_cut(const Follows& follows) {
  const Reach reach(follows);
  UnionFind parts(follows.size);
  for (std::size_t a = 0; a < follows.size; ++a)
    for (std::size_t b = a + 1; b < follows.size; ++b)
      if (reach.has(a, b) == reach.has(b, a)) parts.join(a, b);
  Cut cut = parts.cut(Operator::kSequence);
  // Between two groups all pairs lead the same way, so the groups are in line: one that leads to more is
  // earlier.
  std::vector<std::uint32_t> member(cut.groups), order(cut.groups), leads_to(cut.groups, 0), rank(cut.groups);
  for (std::uint32_t i = 0; i < follows.size; ++i) member[cut.group[i]] = i;
  for (std::uint32_t g = 0; g < cut.groups; ++g)
    for (std::uint32_t h = 0; h < cut.groups; ++h)
      leads_to[g] += g != h && reach.has(member[g], member[h]) ? 1U : 0U;
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, std::greater<>(), [&](std::uint32_t g) { return leads_to[g]; });
  for (std::uint32_t place = 0; place < cut.groups; ++place) rank[order[place]] = place;
  for (std::uint32_t& group : cut.group) group = rank[group];
  return if_cut(std::move(cut));
}

std::optional<Cut> parallel_cut(const Follows& follows) {
  UnionFind parts(follows.size);
  for (std::size_t a = 0; a < follows.size; ++a)
    for (std::size_t b = a + 1; b < follows.size; ++b)
      if (!follows.has(a, b) || !follows.has(b, a)) parts.join(a, b);
  const Cut first = parts.cut(Operator::kParallel);
  // Each part has a start and an end of its own: parts that lack one join with parts that have it.
  constexpr std::uint8_t kStart = 1, kEnd = 2, kBoth = 3;
  std::vector<std::uint8_t> has(first.groups, 0);
  std::vector<std::uint32_t> member(first.groups), incomplete;
  std::optional<std::uint32_t> complete, starting, ending;
  for (std::uint32_t i = 0; i < follows.size; ++i) {
    const std::uint32_t g = first.group[i];
    member[g] = i;
    if (follows.starts[i] > 0) has[g] |= kStart;
    if (follows.ends[i] > 0) has[g] |= kEnd;
  }
  for (std::uint32_t g = 0; g < first.groups; ++g) {
    if (has[g] == kBoth) {
      if (!complete) complete = g;
      continue;
    }
    std::optional<std::uint32_t>& wanted = has[g] == kStart ? ending : starting;
    std::optional<std::uint32_t>& mine = has[g] == kStart ? starting : ending;
    if (has[g] != 0 && wanted) {
      parts.join(member[g], member[*wanted]);
      if (!complete) complete = g;
      wanted.reset();
    } else if (has[g] != 0 && !mine) {
      mine = g;
    } else {
      incomplete.push_back(g);
    }
  }
  for (const auto& left : {starting, ending})
    if (left) incomplete.push_back(*left);
  if (!complete && !incomplete.empty()) return std::nullopt;
  for (const std::uint32_t g : incomplete) parts.join(member[g], member[*complete]);
  return if_cut(parts.cut(Operator::kParallel));
}

/// Whether the activities of one group, which is to be a way back, are reached from every end of the body
/// alike and lead to every start of it alike.
std::vector<bool> ways_back(const Follows& follows, const Cut& parts, const std::vector<bool>& is_body) {
  std::vector<bool> out(parts.groups, true);
  const auto not_back = [&](std::size_t x) { out[parts.group[x]] = false; };
  for (std::size_t x = 0; x < follows.size; ++x) {
    if (is_body[x]) {
      not_back(x);
      continue;
    }
    bool from_any = false, from_all = true, to_any = false, to_all = true;
    for (std::size_t b = 0; b < follows.size; ++b) {
      const bool is_start = follows.starts[b] > 0, is_end = follows.ends[b] > 0;
      if (is_start && !is_end && follows.has(b, x)) not_back(x);
      if (is_end && !is_start && follows.has(x, b)) not_back(x);
      if (is_end) {
        from_any = from_any || follows.has(b, x);
        from_all = from_all && follows.has(b, x);
      }
      if (is_start) {
        to_any = to_any || follows.has(x, b);
        to_all = to_all && follows.has(x, b);
      }
    }
    if ((from_any && !from_all) || (to_any && !to_all)) not_back(x);
  }
  return out;
}

std::optional<Cut> loop_cut(const Follows& follows) {
  std::vector<bool> is_body(follows.size);
  std::optional<std::size_t> body;
  for (std::size_t a = 0; a < follows.size; ++a) {
    is_body[a] = follows.starts[a] > 0 || follows.ends[a] > 0;
    if (is_body[a] && !body) body = a;
  }
  if (!body) return std::nullopt;
  UnionFind parts(follows.size);
  for (std::size_t a = 0; a < follows.size; ++a) {
    if (is_body[a]) {
      parts.join(a, *body);
      continue;
    }
    for (std::size_t b = 0; b < follows.size; ++b)
      if (!is_body[b] && follows.has(a, b)) parts.join(a, b);
  }
  const Cut first = parts.cut(Operator::kLoop);
  const std::vector<bool> is_back = ways_back(follows, first, is_body);
  for (std::size_t a = 0; a < follows.size; ++a)
    if (!is_back[first.group[a]]) parts.join(a, *body);
  Cut cut = parts.cut(Operator::kLoop);
  const std::uint32_t of_body = cut.group[*body];
  for (std::uint32_t& group : cut.group)  // the body first
    group = group == of_body ? 0 : group < of_body ? group + 1 : group;
  return if_cut(std::move(cut));
}

using Trace = std::span<const Activity>;

/// The group of each event.
std::vector<std::uint32_t> groups_of(Trace trace, const Alphabet& alphabet, const Cut& cut) {
  std::vector<std::uint32_t> out(trace.size());
  for (std::size_t i = 0; i < trace.size(); ++i) out[i] = cut.group[alphabet.place[trace[i]]];
  return out;
}

/// Events of `trace` for which keep(i), as one sequence of the group's log.
template <class Keep>
void add_kept(Sequences& to, Trace trace, std::uint64_t count, const Keep& keep) {
  std::vector<Activity> kept;
  for (std::size_t i = 0; i < trace.size(); ++i)
    if (keep(i)) kept.push_back(trace[i]);
  to.add(kept, count);
}

/// The group that a trace goes to: the one with most of its events.
std::uint32_t main_group(std::span<const std::uint32_t> groups, std::uint32_t count) {
  std::vector<std::size_t> events(count, 0);
  for (const std::uint32_t group : groups) ++events[group];
  return static_cast<std::uint32_t>(std::ranges::max_element(events) - events.begin());
}

/// For each event the group that is passed through then; they do not fall. Of all such ways the one on which
/// the fewest events are of another group than is passed through.
std::vector<std::uint32_t> way_through(std::span<const std::uint32_t> groups, std::uint32_t count) {
  if (std::ranges::is_sorted(groups)) return {groups.begin(), groups.end()};
  const std::size_t length = groups.size();
  std::vector<std::uint32_t> wrong(count, 0), from(length * count), out(length);
  for (std::size_t i = 0; i < length; ++i) {
    std::uint32_t least = 0, least_wrong = wrong[0];
    for (std::uint32_t g = 0; g < count; ++g) {
      if (wrong[g] < least_wrong) {
        least = g;
        least_wrong = wrong[g];
      }
      from[i * count + g] = least;
      wrong[g] = least_wrong + (groups[i] == g ? 0 : 1);
    }
  }
  auto at = static_cast<std::uint32_t>(std::ranges::min_element(wrong) - wrong.begin());
  for (std::size_t i = length; i-- > 0; at = from[i * count + at]) out[i] = at;
  return out;
}

/// Bodies and ways back by turns, beginning and ending with a body.
void split_loop(std::vector<Sequences>& out, Trace trace, std::span<const std::uint32_t> groups,
                std::uint64_t count) {
  std::uint32_t group = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= trace.size(); ++i) {
    if (i < trace.size() && groups[i] == group) continue;
    out[group].add(trace.subspan(begin, i - begin), count);
    const bool skips_body = group != 0 && (i == trace.size() || groups[i] != 0);
    if (skips_body) out[0].add({}, count);
    begin = i;
    if (i < trace.size()) group = groups[i];
  }
}

}  // namespace

std::optional<Cut> find_cut(const Follows& follows) {
  if (follows.size < 2) return std::nullopt;
  if (auto cut = xor_cut(follows)) return cut;
  if (auto cut = sequence_cut(follows)) return cut;
  if (auto cut = parallel_cut(follows)) return cut;
  return loop_cut(follows);
}

std::vector<Sequences> split(const Sequences& log, const Alphabet& alphabet, const Cut& cut) {
  std::vector<Sequences> out(cut.groups);
  for (std::size_t t = 0; t < log.size(); ++t) {
    const Trace trace = log[t];
    const std::uint64_t count = log.count(t);
    const std::vector<std::uint32_t> groups = groups_of(trace, alphabet, cut);
    if (cut.op == Operator::kLoop) {
      split_loop(out, trace, groups, count);
    } else if (cut.op == Operator::kXor) {
      const std::uint32_t g = main_group(groups, cut.groups);
      add_kept(out[g], trace, count, [&](std::size_t i) { return groups[i] == g; });
    } else {
      const std::vector<std::uint32_t> way =
          cut.op == Operator::kSequence ? way_through(groups, cut.groups) : groups;
      for (std::uint32_t g = 0; g < cut.groups; ++g)
        add_kept(out[g], trace, count, [&](std::size_t i) { return groups[i] == g && way[i] == g; });
    }
  }
  return out;
}

}  // namespace zhike::mining
