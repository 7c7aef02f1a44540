// How well a log and a model agree, and whether a model is sound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mining/log.h"
#include "mining/net.h"
#include "mining/replay.h"
#include "mining/states.h"

namespace zhike::mining {

struct Conformance {
  Tokens tokens;              ///< of all cases (mining/replay.h)
  std::uint64_t fitting = 0;  ///< cases whose alignment costs nothing
  std::uint64_t cost = 0;     ///< of the alignments of all cases
  std::uint64_t worst =
      0;  ///< of alignments that join no event with a step: events + cheapest run, of all cases
  double mean_fitness = 0;           ///< of a case: 1 - cost / worst; mean over the cases
  std::optional<double> precision;   ///< none: no step was seen
  std::size_t markings = 0;          ///< that were looked at
  std::vector<std::uint32_t> costs;  ///< of the alignment of each variant, in the order of `variants`

  /// 1 - cost / worst, of all cases together (Adriansyah 2014, 5.3).
  [[nodiscard]] double alignment_fitness() const noexcept;
};

struct ConformOptions {
  std::size_t bytes_max = States::kBytesMax;        ///< of markings, and again of one search
  std::function<void(double share)> progress = {};  ///< of the variants that are done
};

/// `variants`: with activities whose names are `names`. Errors: kConformanceTooLarge, kBadNet (no way to the
/// end).
[[nodiscard]] Result<Conformance> conform(const Sequences& variants, std::span<const std::string> names,
                                          const Net& net, const ConformOptions& options = {});

/// The label of the net that each name is; Aligner::kUnknown where it has none.
[[nodiscard]] std::vector<Activity> labels_of(std::span<const std::string> names, const Net& net);

enum class Soundness : std::uint8_t { kSound, kDeadEnd, kLeftOver, kDeadStep, kTooLarge };

/// Whether from every marking that is reached the end is, with nothing left over, and every transition can
/// fire (van der Aalst 1998, The application of Petri nets to workflow management, def. 6). kTooLarge: not
/// known after `markings_max` markings.
[[nodiscard]] Soundness soundness(const Net& net, std::size_t markings_max);
[[nodiscard]] std::string_view to_string(Soundness soundness);

}  // namespace zhike::mining
