#include "mining/dfg.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <unordered_map>

namespace zhike::mining {
namespace {

constexpr std::uint32_t kNoEdge = ~std::uint32_t{0};

/// Numbers pairs of activities in order of appearance: by a table while that is small, else by hashing.
class PairNumbers {
 public:
  explicit PairNumbers(std::size_t activities)
      : activities_(activities), table_(activities <= kTableMax ? activities * activities : 0, kNoEdge) {}

  std::uint32_t of(Activity from, Activity to) {
    const std::uint64_t pair = std::uint64_t{from} * activities_ + to;
    std::uint32_t& number = table_.empty() ? hashed_.try_emplace(pair, kNoEdge).first->second : table_[pair];
    if (number == kNoEdge) {
      number = static_cast<std::uint32_t>(edges_.size());
      edges_.push_back({.from = from, .to = to});
    }
    return number;
  }
  std::vector<Edge>& edges() { return edges_; }

 private:
  static constexpr std::size_t kTableMax = 2048;
  std::size_t activities_;
  std::vector<std::uint32_t> table_;
  std::unordered_map<std::uint64_t, std::uint32_t> hashed_;
  std::vector<Edge> edges_;
};

double median(std::span<std::int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  const auto upper = static_cast<double>(*middle);
  if (values.size() % 2 == 1) return upper;
  return (upper + static_cast<double>(*std::max_element(values.begin(), middle))) / 2;
}

/// Calls each(from, to, gap) for all pairs of neighbours; gap is kNoTime where it is not known.
template <class Each>
void each_pair(const EventLog& log, const Each& each) {
  for (std::size_t c = 0; c + 1 < log.offsets.size(); ++c)
    for (std::size_t i = log.offsets[c] + std::size_t{1}; i < log.offsets[c + 1]; ++i) {
      const std::int64_t before = log.times[i - 1], after = log.times[i];
      const bool is_known = before != kNoTime && after != kNoTime && after >= before;
      each(log.events[i - 1], log.events[i], is_known ? after - before : kNoTime);
    }
}

}  // namespace

DirectlyFollows directly_follows(const EventLog& log) {
  const std::size_t count = log.activities.size();
  DirectlyFollows out;
  out.occurrences.assign(count, 0);
  out.starts.assign(count, 0);
  out.ends.assign(count, 0);
  for (const Activity activity : log.events) ++out.occurrences[activity];
  for (std::size_t c = 0; c < log.cases.size(); ++c)
    if (const auto trace = log.trace(c); !trace.empty()) {
      ++out.starts[trace.front()];
      ++out.ends[trace.back()];
    }
  PairNumbers numbers(count);
  std::vector<std::uint32_t> edge_of;
  edge_of.reserve(log.events.size());
  each_pair(log, [&](Activity from, Activity to, std::int64_t gap) {
    const std::uint32_t edge = numbers.of(from, to);
    edge_of.push_back(edge);
    ++numbers.edges()[edge].count;
    numbers.edges()[edge].timed += gap == kNoTime ? 0 : 1;
  });
  out.edges = std::move(numbers.edges());
  out.total = edge_of.size();
  // The gaps of each edge side by side: a median needs them all.
  std::vector<std::size_t> next(out.edges.size() + 1, 0);
  for (std::size_t e = 0; e < out.edges.size(); ++e) next[e + 1] = next[e] + out.edges[e].timed;
  std::vector<std::int64_t> gaps(next.back());
  std::size_t pair = 0;
  each_pair(log, [&](Activity, Activity, std::int64_t gap) {
    const std::uint32_t edge = edge_of[pair++];
    if (gap != kNoTime) gaps[next[edge]++] = gap;
  });
  for (std::size_t e = 0; e < out.edges.size(); ++e) {
    Edge& edge = out.edges[e];
    const auto mine = std::span(gaps).subspan(next[e] - edge.timed, edge.timed);
    if (mine.empty()) continue;
    edge.mean_ms = std::accumulate(mine.begin(), mine.end(), 0.0) / static_cast<double>(edge.timed);
    edge.median_ms = median(mine);
  }
  std::ranges::sort(out.edges, [](const Edge& a, const Edge& b) {
    return a.count != b.count ? a.count > b.count : a.from != b.from ? a.from < b.from : a.to < b.to;
  });
  return out;
}

}  // namespace zhike::mining
