#include "match/cluster.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace zhike::match {
namespace {

constexpr std::size_t kCrossMax = 48;  ///< pairs looked at between two clusters
constexpr double kMost = 8;            ///< what one pair may say for or against, in log2 odds
constexpr double kSlack = 2;           ///< how far below the threshold the mean may be
/// Where sets are linked, each is taken to have few duplicates: how far above the threshold two records of
/// one set must be, to be the same customer nevertheless.
constexpr double kDuplicate = 10;

class Clusterer {
 public:
  Clusterer(std::size_t records, std::span<const std::uint8_t> sources, const ClusterOptions& options,
            const Score& score)
      : parent_(records),
        next_(records),
        size_(records, 1),
        sources_(sources),
        options_(options),
        score_(score) {
    std::iota(parent_.begin(), parent_.end(), 0U);
    next_ = parent_;
  }

  Clusters run(std::span<const Edge> edges) {
    Clusters out;
    join_known();
    for (const Edge& edge : edges) {
      if (edge.weight < options_.merge_at) break;
      const std::uint32_t a = root(edge.a), b = root(edge.b);
      if (a == b) continue;
      if (fits(a, b))
        join(a, b);
      else
        ++out.refused;
    }
    out.of.assign(parent_.size(), 0);
    std::vector<std::uint32_t> number(parent_.size(), 0);
    for (std::uint32_t record = 0; record < parent_.size(); ++record) {
      std::uint32_t& mine = number[root(record)];
      if (mine == 0) mine = static_cast<std::uint32_t>(++out.count);
      out.of[record] = mine - 1;
    }
    return out;
  }

 private:
  void join_known() {
    std::unordered_map<std::uint32_t, std::uint32_t> first;
    for (std::uint32_t record = 0; record < options_.known.size(); ++record) {
      if (options_.known[record] == 0) continue;
      const auto [at, is_first] = first.try_emplace(options_.known[record], record);
      if (!is_first) join(root(at->second), root(record));
    }
  }

  std::uint32_t root(std::uint32_t record) {
    while (parent_[record] != record) record = parent_[record] = parent_[parent_[record]];
    return record;
  }

  void join(std::uint32_t a, std::uint32_t b) {
    if (size_[a] < size_[b]) std::swap(a, b);
    parent_[b] = a;
    size_[a] += size_[b];
    std::swap(next_[a], next_[b]);  // two rings become one
  }

  std::vector<std::uint32_t> members(std::uint32_t root, std::size_t most) const {
    std::vector<std::uint32_t> out{root};
    for (std::uint32_t at = next_[root]; at != root && out.size() < most; at = next_[at]) out.push_back(at);
    return out;
  }

  /// Many edges ask for the same two clusters: a refusal holds until one of them grows.
  bool fits(std::uint32_t a, std::uint32_t b) {
    if (size_[a] == 1 && size_[b] == 1 && !options_.one_to_one) return true;
    std::uint32_t& refused_at = refused_[static_cast<std::uint64_t>(std::min(a, b)) << 32U | std::max(a, b)];
    const std::uint32_t size = size_[a] + size_[b];
    if (refused_at == size) return false;
    const bool out = are_one(a, b);
    refused_at = out ? 0 : size;
    return out;
  }

  bool are_one(std::uint32_t a, std::uint32_t b) const {
    const auto left = members(a, kCrossMax), right = members(b, kCrossMax);
    if ((options_.one_to_one || options_.between_sources) && !are_apart(left, right)) return false;
    const std::size_t pairs = left.size() * right.size(), step = std::max<std::size_t>(1, pairs / kCrossMax);
    double sum = 0, seen = 0;
    for (std::size_t i = 0; i < pairs; i += step) {
      const double weight = score_(left[i / right.size()], right[i % right.size()]) - options_.merge_at;
      sum += std::clamp(weight, -kMost, kMost);
      ++seen;
    }
    return sum / seen >= -kSlack;
  }

  /// No two of one source, or such as are certainly one customer.
  bool are_apart(const std::vector<std::uint32_t>& left, const std::vector<std::uint32_t>& right) const {
    for (const std::uint32_t x : left)
      for (const std::uint32_t y : right) {
        if (sources_[x] != sources_[y]) continue;
        if (options_.one_to_one || score_(x, y) < options_.merge_at + kDuplicate) return false;
      }
    return true;
  }

  std::vector<std::uint32_t> parent_, next_, size_;
  std::unordered_map<std::uint64_t, std::uint32_t> refused_;  ///< two roots: records of both when refused
  std::span<const std::uint8_t> sources_;
  const ClusterOptions& options_;
  const Score& score_;
};

}  // namespace

Clusters cluster(std::size_t records, std::span<const Edge> edges, std::span<const std::uint8_t> sources,
                 const ClusterOptions& options, const Score& score) {
  return Clusterer(records, sources, options, score).run(edges);
}

}  // namespace zhike::match
