#include "identity/forest.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

namespace zhike::identity {

std::vector<std::vector<SubjectId>> trees(std::span<const SubjectId> subjects, std::span<const Edge> edges,
                                          std::span<const std::uint64_t> without) {
  std::unordered_map<SubjectId, std::size_t> place;
  for (std::size_t i = 0; i < subjects.size(); ++i) place.emplace(subjects[i], i);
  std::vector<std::size_t> parent(subjects.size());
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&](std::size_t at) {
    while (parent[at] != at) at = parent[at] = parent[parent[at]];
    return at;
  };
  for (const Edge& edge : edges) {
    if (std::ranges::find(without, edge.version) != without.end()) continue;
    const auto left = place.find(edge.left), right = place.find(edge.right);
    if (left != place.end() && right != place.end()) parent[root(left->second)] = root(right->second);
  }
  std::map<std::size_t, std::vector<SubjectId>> by_root;
  for (std::size_t i = 0; i < subjects.size(); ++i) by_root[root(i)].push_back(subjects[i]);
  std::vector<std::vector<SubjectId>> out;
  for (auto& [at, tree] : by_root) {
    std::ranges::sort(tree);
    out.push_back(std::move(tree));
  }
  std::ranges::sort(out);
  return out;
}

std::optional<Edge> first_step(SubjectId from, SubjectId to, std::span<const Edge> edges) {
  std::unordered_map<SubjectId, std::vector<const Edge*>> at;
  for (const Edge& edge : edges) {
    at[edge.left].push_back(&edge);
    at[edge.right].push_back(&edge);
  }
  // From the end, so that the edge by which `from` is reached is the one asked for.
  std::unordered_set<SubjectId> seen{to};
  std::vector<SubjectId> reached{to};
  for (std::size_t next = 0; next < reached.size(); ++next) {
    const SubjectId here = reached[next];
    for (const Edge* edge : at[here]) {
      const SubjectId other = edge->left == here ? edge->right : edge->left;
      if (other == from) return *edge;
      if (seen.insert(other).second) reached.push_back(other);
    }
  }
  return std::nullopt;
}

}  // namespace zhike::identity
