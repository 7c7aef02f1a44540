#include "mining/align.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "base/mix.h"

namespace zhike::mining {
namespace {

/// Calls each(label) for every bit.
template <class Each>
void each_bit(std::uint64_t word, std::size_t w, const Each& each) {
  for (; word != 0; word &= word - 1) each(w * 64 + static_cast<std::size_t>(std::countr_zero(word)));
}

}  // namespace

bool Aligner::Entry::operator<(const Entry& other) const noexcept {
  // The last is taken first. The newest of equals first makes the search go deep where all ways are as good.
  return std::tuple(other.estimate, place, other.silent_steps, node) <
         std::tuple(estimate, other.place, silent_steps, other.node);
}

Aligner::Aligner(States& states, std::size_t bytes_max) : states_(states), bytes_max_(bytes_max) {}

void Aligner::prepare(std::span<const Activity> trace) {
  const std::size_t labels = states_.net().labels.size();
  trace_ = trace;
  labels_.assign((labels + 63) / 64, 0);
  first_place_.assign(labels + 1, 0);
  unknown_after_.assign(trace.size() + 1, 0);
  for (std::size_t i = trace.size(); i-- > 0;) {
    const bool is_unknown = trace[i] == kUnknown;
    unknown_after_[i] = unknown_after_[i + 1] + (is_unknown ? 1 : 0);
    if (is_unknown) continue;
    ++first_place_[trace[i] + 1];
    labels_[trace[i] / 64] |= std::uint64_t{1} << (trace[i] % 64);
  }
  for (std::size_t label = 0; label < labels; ++label) first_place_[label + 1] += first_place_[label];
  places_.resize(trace.size() - unknown_after_[0]);
  std::vector<std::uint32_t> next(first_place_.begin(), first_place_.end() - 1);
  for (std::uint32_t i = 0; i < trace.size(); ++i)
    if (trace[i] != kUnknown) places_[next[trace[i]]++] = i;
  nodes_.clear();
  table_.assign(256, 0);
  open_ = {};
}

std::uint32_t Aligner::missing(const States::Outlook& outlook, std::uint32_t at) const {
  std::uint32_t out = unknown_after_[at];
  for (std::size_t w = 0; w < labels_.size(); ++w) {
    each_bit(labels_[w] & ~outlook.possible[w], w, [&](std::size_t label) {
      const auto end = places_.begin() + first_place_[label + 1];
      out +=
          static_cast<std::uint32_t>(end - std::lower_bound(places_.begin() + first_place_[label], end, at));
    });
    each_bit(outlook.necessary[w], w, [&](std::size_t label) {
      const std::uint32_t end = first_place_[label + 1];
      const bool is_to_come = end > first_place_[label] && places_[end - 1] >= at;
      out += is_to_come ? 0 : 1;
    });
  }
  return out;
}

void Aligner::grow() {
  table_.assign(2 * table_.size(), 0);
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) slot(nodes_[n].marking, nodes_[n].place) = n + 1;
}

std::uint32_t& Aligner::slot(Marking marking, std::uint32_t place) {
  std::size_t at = mix((std::uint64_t{marking} << 32U) | place) & (table_.size() - 1);
  for (; table_[at] != 0; at = (at + 1) & (table_.size() - 1)) {
    const Node& node = nodes_[table_[at] - 1];
    if (node.marking == marking && node.place == place) break;
  }
  return table_[at];
}

void Aligner::reach(Marking marking, std::uint32_t place, std::uint32_t cost, std::uint32_t parent,
                    std::uint32_t transition) {
  if (place % 2 == 1) {  // without the event alone just before, more may follow
    const std::uint32_t freer = slot(marking, place - 1);
    if (freer != 0 && nodes_[freer - 1].cost <= cost) return;
  }
  std::uint32_t& known = slot(marking, place);
  if (known != 0 && nodes_[known - 1].cost <= cost) return;
  const States::Outlook outlook = states_.outlook(marking);
  if (!outlook.is_end_possible) return;
  std::uint32_t number = known - 1;
  if (known == 0) {
    number = static_cast<std::uint32_t>(nodes_.size());
    known = number + 1;
    nodes_.push_back({marking, place, cost, parent, transition});
    if (2 * nodes_.size() > table_.size()) grow();
  } else {
    nodes_[number] = {marking, place, cost, parent, transition};
  }
  const std::uint32_t at = place / 2;
  const std::size_t goal =
      at == trace_.size() || trace_[at] == kUnknown ? states_.net().labels.size() : trace_[at];
  open_.push({cost + missing(outlook, at), at, outlook.silent_steps[goal], number, cost});
}

Result<void> Aligner::expand(std::uint32_t number) {
  const Node node = nodes_[number];
  const std::uint32_t at = node.place / 2;
  const bool is_after_event_alone = node.place % 2 == 1;
  const bool has_event = at < trace_.size();
  CX_TRY(const auto steps, states_.steps(node.marking));
  // Events alone come after the steps alone beside which they could stand in any order: one order is enough.
  for (const States::Step& step : steps) {
    const Activity label = states_.net().transitions[step.transition].label;
    if (label != Transition::kSilent && has_event && label == trace_[at])
      reach(step.next, 2 * (at + 1), node.cost, number, step.transition);
    if (!is_after_event_alone)
      reach(step.next, 2 * at, node.cost + (label == Transition::kSilent ? 0 : 1), number, step.transition);
  }
  if (has_event) reach(node.marking, 2 * (at + 1) + 1, node.cost + 1, number, kNone);
  return {};
}

std::size_t Aligner::bytes() const noexcept {
  return nodes_.size() * sizeof(Node) + table_.size() * sizeof(std::uint32_t) + open_.size() * sizeof(Entry) +
         (places_.size() + unknown_after_.size()) * sizeof(std::uint32_t);
}

Alignment Aligner::path_to(std::uint32_t number) const {
  Alignment out{.cost = nodes_[number].cost, .moves = {}};
  for (; nodes_[number].parent != kNone; number = nodes_[number].parent) {
    const Node& node = nodes_[number];
    Move move{.kind = Move::Kind::kLog, .transition = 0, .after = node.marking};
    if (node.transition != kNone) {
      move.transition = node.transition;
      const bool has_event = node.place / 2 > nodes_[node.parent].place / 2;
      const bool is_silent = states_.net().transitions[node.transition].label == Transition::kSilent;
      move.kind = has_event ? Move::Kind::kSync : is_silent ? Move::Kind::kSilent : Move::Kind::kModel;
    }
    out.moves.push_back(move);
  }
  std::ranges::reverse(out.moves);
  return out;
}

Result<Alignment> Aligner::align(std::span<const Activity> trace) {
  prepare(trace);
  reach(states_.initial(), 0, 0, kNone, kNone);
  while (!open_.empty()) {
    const Entry entry = open_.top();
    open_.pop();
    if (nodes_[entry.node].cost != entry.cost) continue;  // reached more cheaply since
    if (entry.place == trace.size() && nodes_[entry.node].marking == states_.final())
      return path_to(entry.node);
    CX_TRY(expand(entry.node));
    if (bytes() > bytes_max_)
      return fail(Code::kConformanceTooLarge, "a trace of {} events: {} states were looked at within {} MB",
                  trace.size(), nodes_.size(), bytes_max_ >> 20U);
  }
  return fail(Code::kBadNet, "the model cannot come to its end");
}

}  // namespace zhike::mining
