// Petri nets with labels: workflow nets from process trees, PNML and BPMN.
// A net owns its data; indices are places in its vectors. Functions are pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mining/log.h"
#include "mining/tree.h"

namespace zhike::mining {

using Place = std::uint32_t;

struct Transition {
  static constexpr Activity kSilent = ~Activity{0};
  Activity label = kSilent;    ///< place in Net::labels, or kSilent: it leaves no event
  std::vector<Place> in, out;  ///< arcs of weight 1, each place once
};

struct Net {
  std::vector<std::string> labels;  ///< of activities; several transitions may have one label
  std::vector<Transition> transitions;
  std::uint32_t places = 0;
  std::vector<Place> initial, final;  ///< where one token each lies at first, and at the end

  [[nodiscard]] std::size_t silent() const;
  [[nodiscard]] std::size_t arcs() const;
};

/// The workflow net of a tree: sound, 1-safe and free-choice by construction (van der Aalst 2016, 3.2.8;
/// silent transitions that only pass a token on are fused away). `names`: of the activities; all become
/// labels.
[[nodiscard]] Net net_of(const Tree& tree, std::span<const std::string> names);

/// PNML (ISO/IEC 15909-2), place/transition net; silent transitions marked as process-mining tools do.
[[nodiscard]] std::string write_pnml(const Net& net, std::string_view name);
/// The first net of the text. Names of transitions are the activities; silent are those marked so or without
/// a name. Without final markings: places without an outgoing arc; without an initial one: those without an
/// incoming arc. `what`: the file, for errors. Errors: kBadFile (no XML), kBadNet (arcs that lead nowhere or
/// between alike, weights, no end; more than one token in a place).
[[nodiscard]] Result<Net> read_pnml(std::string_view text, const std::string& what);

/// The process of a BPMN 2.0 file: tasks are activities by their names; events are silent. Exclusive,
/// event-based and parallel gateways, several begins and ends, loops. `what`: the file, for errors. Errors:
/// kBadFile (no XML, no BPMN), kBadNet (inclusive gateways, events on borders, open subprocesses, tasks that
/// repeat themselves, several processes, flows that lead nowhere, no begin or end).
[[nodiscard]] Result<Net> read_bpmn(std::string_view text, const std::string& what);
/// Either, by its first element. Errors: those of read_pnml and read_bpmn.
[[nodiscard]] Result<Net> read_net(std::string_view text, const std::string& what);

/// BPMN 2.0 of a tree: tasks, exclusive and parallel gateways; without a diagram, which editors lay out.
[[nodiscard]] std::string write_bpmn(const Tree& tree, std::span<const std::string> names,
                                     std::string_view name);

}  // namespace zhike::mining
