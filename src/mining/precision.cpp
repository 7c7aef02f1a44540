#include "mining/precision.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace zhike::mining {
namespace {

constexpr std::size_t kNodeBytes = 128;  // of one node, its marking and its entry, about

}  // namespace

Result<void> Precision::add(const Alignment& alignment, std::uint64_t count) {
  std::uint32_t at = 0;
  Marking marking = states_.initial();
  for (const Move& move : alignment.moves) {
    if (move.kind != Move::Kind::kSync && move.kind != Move::Kind::kModel) continue;
    const Activity label = states_.net().transitions[move.transition].label;
    Node& node = nodes_[at];
    node.weight += count;
    if (std::ranges::find(node.markings, marking) == node.markings.end()) node.markings.push_back(marking);
    const auto [child, is_new] =
        children_.try_emplace((std::uint64_t{at} << 32U) | label, static_cast<std::uint32_t>(nodes_.size()));
    if (is_new) {
      ++node.children;
      nodes_.emplace_back();
      if (nodes_.size() * kNodeBytes > bytes_max_)
        return fail(Code::kConformanceTooLarge, "precision: {} different beginnings of traces within {} MB",
                    nodes_.size(), bytes_max_ >> 20U);
    }
    at = child->second;
    marking = move.after;
  }
  return {};
}

Result<const Precision::Labels*> Precision::enabled(Marking marking) {
  const auto [entry, is_new] = enabled_.try_emplace(marking);
  Labels& labels = entry->second;
  if (!is_new) return &labels;
  const std::size_t count = states_.net().labels.size();
  labels.assign((count + 63) / 64, 0);
  for (Activity label = 0; label < count; ++label) {
    const std::uint32_t steps = states_.outlook(marking).silent_steps[label];
    if (steps == States::kFar) continue;
    // The guess is never wrong where it says no; a yes with silent steps is tried.
    bool is_enabled = steps == 0;
    if (!is_enabled) {
      CX_TRY(const auto path, states_.silent_path(marking, label, std::numeric_limits<std::size_t>::max()));
      is_enabled = path.has_value();
    }
    if (is_enabled) labels[label / 64] |= std::uint64_t{1} << (label % 64);
  }
  return &labels;
}

Result<std::optional<double>> Precision::value() {
  double enabled_total = 0, escaping = 0;
  for (const Node& node : nodes_) {
    if (node.weight == 0) continue;
    Labels all((states_.net().labels.size() + 63) / 64, 0);
    for (const Marking marking : node.markings) {
      CX_TRY(const Labels* const labels, enabled(marking));
      for (std::size_t w = 0; w < all.size(); ++w) all[w] |= (*labels)[w];
    }
    std::uint64_t count = 0;
    for (const std::uint64_t word : all) count += static_cast<std::uint64_t>(std::popcount(word));
    enabled_total += static_cast<double>(node.weight * count);
    escaping += static_cast<double>(node.weight * (count - node.children));
  }
  if (enabled_total == 0) return std::optional<double>{};
  return std::optional(1 - escaping / enabled_total);
}

}  // namespace zhike::mining
