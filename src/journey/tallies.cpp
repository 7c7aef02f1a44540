#include "journey/tallies.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace zhike::journey {
namespace {

void append(std::vector<std::int64_t>& to, std::vector<std::int64_t>&& more) {
  if (to.empty()) {
    to = std::move(more);
    return;
  }
  to.insert(to.end(), more.begin(), more.end());
  more = {};
}

}  // namespace

GraphTally::Edge& GraphTally::edge(std::size_t source, std::size_t target) {
  std::vector<Edge>& row = edges_[source];
  if (row.size() <= target) row.resize(target + 1);
  return row[target];
}

void GraphTally::take(std::span<const JourneyStep> steps) {
  ++starts_[steps.front().node];
  ++ends_[steps.back().node];
  for (std::size_t i = 1; i < steps.size(); ++i) {
    Edge& found = edge(steps[i - 1].node, steps[i].node);
    ++found.count;
    found.gaps_ms.push_back(steps[i].ms - steps[i - 1].ms);
  }
}

void GraphTally::add(GraphTally&& other) {
  for (std::size_t a = 0; a < other.edges_.size(); ++a) {
    starts_[a] += other.starts_[a];
    ends_[a] += other.ends_[a];
    for (std::size_t b = 0; b < other.edges_[a].size(); ++b) {
      Edge& more = other.edges_[a][b];
      if (more.count == 0) continue;
      Edge& found = edge(a, b);
      found.count += more.count;
      append(found.gaps_ms, std::move(more.gaps_ms));
    }
  }
}

void NodeTally::take(std::uint64_t customer, std::span<const JourneyStep> steps) {
  ++journeys_;
  if (customers_ == 0 || customer != customer_) ++customers_;
  customer_ = customer;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    Node& node = nodes_[steps[i].node];
    ++node.events;
    if (seen_in_[steps[i].node] == journeys_) continue;
    seen_in_[steps[i].node] = journeys_;
    ++node.journeys;
    if (std::exchange(seen_by_[steps[i].node], customers_) != customers_) ++node.customers;
    if (i > 0) node.waits_ms.push_back(steps[i].ms - steps[i - 1].ms);
  }
  ++nodes_[steps.back().node].ended;
}

void NodeTally::add(NodeTally&& other) {
  journeys_ += other.journeys_;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    Node& to = nodes_[i];
    Node& more = other.nodes_[i];
    to.events += more.events;
    to.customers += more.customers;
    to.journeys += more.journeys;
    to.ended += more.ended;
    append(to.waits_ms, std::move(more.waits_ms));
  }
}

void VariantTally::take(std::span<const JourneyStep> steps) {
  if (steps.size() > steps_) {
    ++too_long_;
    return;
  }
  sequence_.clear();
  for (const JourneyStep& step : steps) sequence_.push_back(step.node);
  sequences_.add(sequence_, 1);
}

void VariantTally::add(const VariantTally& other) {
  sequences_.add(other.sequences_);
  too_long_ += other.too_long_;
}

void PathTally::take(std::span<const JourneyStep> steps) {
  sequence_.clear();
  for (const JourneyStep& step : steps) {
    if (!sequence_.empty() && sequence_.back() == step.node) continue;
    if (sequence_.size() == steps_) {
      sequence_.push_back(kGoesOn);
      break;
    }
    sequence_.push_back(step.node);
  }
  sequences_.add(sequence_, 1);
}

void PathTally::add(const PathTally& other) { sequences_.add(other.sequences_); }

std::vector<std::size_t> most_frequent(const mining::Sequences& of, std::size_t count) {
  std::vector<std::size_t> out(of.size());
  std::iota(out.begin(), out.end(), std::size_t{0});
  const auto before = [&](std::size_t a, std::size_t b) {
    if (of.count(a) != of.count(b)) return of.count(a) > of.count(b);
    return std::ranges::lexicographical_compare(of[a], of[b]);
  };
  count = std::min(count, out.size());
  std::ranges::partial_sort(out, out.begin() + static_cast<std::ptrdiff_t>(count), before);
  out.resize(count);
  return out;
}

std::optional<std::int64_t> time_quantile(std::span<std::int64_t> times, double share) {
  if (times.empty()) return std::nullopt;
  const double place = share * static_cast<double>(times.size() - 1);
  const auto below = times.begin() + static_cast<std::ptrdiff_t>(place);
  std::ranges::nth_element(times, below);
  const auto above = below + 1 == times.end() ? below : std::ranges::min_element(below + 1, times.end());
  const double low = static_cast<double>(*below), high = static_cast<double>(*above);
  return static_cast<std::int64_t>(low + (place - std::floor(place)) * (high - low));
}

}  // namespace zhike::journey
