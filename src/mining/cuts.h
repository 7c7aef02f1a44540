// Cuts of a directly-follows graph: how a process falls into parts. Leemans, Fahland and van der Aalst
// (2013), Discovering block-structured process models from event logs: a constructive approach, Petri
// Nets, 3.2 and appendix. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mining/follows.h"
#include "mining/tree.h"

namespace zhike::mining {

struct Cut {
  Operator op = Operator::kXor;
  std::vector<std::uint32_t> group;  ///< of each activity, by its place
  std::uint32_t groups = 0;  ///< 2 or more; of kLoop, group 0 is the body and the others are ways back
};

/// The first that there is of xor, sequence, parallel and loop; the one with the most groups of its kind.
[[nodiscard]] std::optional<Cut> find_cut(const Follows& follows);

/// The sub-log of each group. What does not fit a cut that was found after rare edges were left out is
/// dropped where xor and sequence meet it: of a trace, the fewest events; loops take empty bodies in.
[[nodiscard]] std::vector<Sequences> split(const Sequences& log, const Alphabet& alphabet, const Cut& cut);

}  // namespace zhike::mining
