// Process trees: models made of blocks, which are sound by their construction (van der Aalst 2016, Process
// Mining, 2nd ed., 3.2.8). Values own their data.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mining/log.h"

namespace zhike::mining {

enum class Operator : std::uint8_t {
  kActivity,
  kSilent,    ///< nothing happens
  kXor,       ///< exactly one of the children
  kSequence,  ///< all, one after the other
  kParallel,  ///< all, in any interleaving
  kLoop,      ///< two children: the first, then any number of times (the second, the first)
};

struct Tree {
  Operator op = Operator::kSilent;
  Activity activity = 0;  ///< of kActivity
  std::vector<Tree> children = {};

  friend bool operator==(const Tree&, const Tree&) = default;
};

/// Shorter, with the same language: blocks inside blocks of the same kind opened, single children put in
/// their parent's place, silent steps taken out where they mean nothing.
[[nodiscard]] Tree simplified(Tree tree);

/// As process-mining texts write it: ->( 'a', X( 'b', tau ), +( 'c', 'd' ), *( 'e', tau ) ). `names`: of the
/// activities.
[[nodiscard]] std::string to_string(const Tree& tree, std::span<const std::string> names);

}  // namespace zhike::mining
