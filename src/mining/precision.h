// Precision: how much of what a model allows the log does. Adriansyah, Munoz-Gama, Carmona, van Dongen and
// van der Aalst (2015), Measuring precision of modeled behavior, Information Systems and e-Business
// Management 13:37-67 (one alignment of each trace), with the escaping edges of Muñoz-Gama and Carmona
// (2010), A fresh look at precision in process conformance, BPM.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "mining/align.h"
#include "mining/states.h"

namespace zhike::mining {

/// Collects the runs that alignments found, as a tree of their visible steps. One thread; borrows `states`.
class Precision {
 public:
  /// `bytes_max`: of the tree.
  explicit Precision(States& states, std::size_t bytes_max = States::kBytesMax)
      : states_(states), bytes_max_(bytes_max), nodes_(1) {}

  /// Errors: kConformanceTooLarge.
  [[nodiscard]] Result<void> add(const Alignment& alignment, std::uint64_t count);

  /// 1 - Σ escaping / Σ enabled. Both are summed over what was seen before each visible step, as often as it
  /// was: enabled are the labels that may come next, silent steps before them allowed; escaping are those
  /// that in the same place never came. None: no trace has a visible step. Errors: kConformanceTooLarge.
  [[nodiscard]] Result<std::optional<double>> value();

 private:
  struct Node {
    std::uint64_t weight = 0;  // steps that were taken from here
    std::uint32_t children = 0;
    std::vector<Marking> markings;  // that the model was in
  };
  using Labels = std::vector<std::uint64_t>;  // bits

  Result<const Labels*> enabled(Marking marking);

  States& states_;
  std::size_t bytes_max_;
  std::vector<Node> nodes_;
  std::unordered_map<std::uint64_t, std::uint32_t> children_;  // by node and label
  std::unordered_map<Marking, Labels> enabled_;
};

}  // namespace zhike::mining
