#include <algorithm>
#include <map>
#include <tuple>

#include "journey/journey.h"

namespace zhike::journey {

namespace {

/// Keys of each position, most frequent first; those beyond `top` become "other".
std::vector<std::map<std::string, std::uint64_t>> count_positions(std::span<const WeightedPath> paths,
                                                                  int steps) {
  std::vector<std::map<std::string, std::uint64_t>> out(static_cast<std::size_t>(steps));
  for (const WeightedPath& path : paths)
    for (std::size_t i = 0; i < std::min(path.nodes.size(), out.size()); ++i)
      out[i][path.nodes[i]] += path.journeys;
  return out;
}

std::vector<std::string> most_frequent(const std::map<std::string, std::uint64_t>& counts, int top) {
  std::vector<std::pair<std::string, std::uint64_t>> order(counts.begin(), counts.end());
  std::ranges::sort(order, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  std::vector<std::string> out;
  for (const auto& [key, count] : order)
    if (out.size() < static_cast<std::size_t>(top)) out.push_back(key);
  return out;
}

}  // namespace

Paths merge_paths(std::span<const WeightedPath> paths, const PathOptions& options) {
  Paths out{.journeys = 0, .shown = 0, .level = options.level, .nodes = {}, .links = {}};
  std::vector<std::vector<std::string>> kept;
  for (const auto& counts : count_positions(paths, options.steps))
    kept.push_back(most_frequent(counts, options.top));
  std::map<std::pair<int, std::string>, std::uint64_t> nodes;
  std::map<std::pair<std::pair<int, std::string>, std::pair<int, std::string>>, std::uint64_t> links;
  for (const WeightedPath& path : paths) {
    out.journeys += path.journeys;
    bool is_merged = false;
    std::pair<int, std::string> before;
    const auto visit = [&](int position, std::string key) {
      std::pair<int, std::string> node(position, std::move(key));
      nodes[node] += path.journeys;
      if (position > 0) links[{before, node}] += path.journeys;
      before = std::move(node);
    };
    int position = 0;
    for (const std::string& key : path.nodes) {
      const bool is_kept = std::ranges::count(kept[static_cast<std::size_t>(position)], key) > 0;
      is_merged = is_merged || !is_kept;
      visit(position++, is_kept ? key : "other");
    }
    if (!path.is_longer && position < options.steps) visit(position, "end");
    if (!is_merged) out.shown += path.journeys;
  }
  for (const auto& [node, count] : nodes)
    out.nodes.push_back({.key = node.second, .position = node.first, .count = count});
  std::ranges::sort(out.nodes, [](const PathNode& a, const PathNode& b) {
    return std::tie(a.position, b.count, a.key) < std::tie(b.position, a.count, b.key);
  });
  std::map<std::pair<int, std::string>, std::size_t> index;
  for (std::size_t i = 0; i < out.nodes.size(); ++i) index[{out.nodes[i].position, out.nodes[i].key}] = i;
  for (const auto& [ends, count] : links)
    out.links.push_back({.source = index[ends.first], .target = index[ends.second], .count = count});
  std::ranges::sort(out.links, [](const PathLink& a, const PathLink& b) {
    return std::tie(b.count, a.source, a.target) < std::tie(a.count, b.source, b.target);
  });
  return out;
}

}  // namespace zhike::journey
