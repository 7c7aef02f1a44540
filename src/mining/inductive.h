// The inductive miner: a process tree from a log. Leemans, Fahland and van der Aalst (2013), Discovering
// block-structured process models from event logs: a constructive approach, Petri Nets (IM), and, with noise,
// Discovering block-structured process models from event logs containing infrequent behaviour, BPM workshops
// (IMf). Where no cut is found: what happens exactly once stands beside the rest, then any activity whose
// absence lets a cut be found, then repetition of the whole, at last any sequence of the activities (Leemans
// 2017, Robust process mining with guarantees, 6.2).
#pragma once

#include <cstddef>

#include "base/result.h"
#include "mining/log.h"
#include "mining/tree.h"

namespace zhike::mining {

/// Most activities of a log that a model is mined from: the matrices are their square.
inline constexpr std::size_t kActivitiesMax = 2000;

/// `noise` 0: every sequence of the log is in the tree's language. Above 0 (up to 1): what is rarer than this
/// share of the most frequent alternative is left out where the whole log shows no cut. Pure. Errors:
/// kLogTooLarge (more than kActivitiesMax activities).
[[nodiscard]] Result<Tree> mine_inductive(const Sequences& log, double noise);

}  // namespace zhike::mining
