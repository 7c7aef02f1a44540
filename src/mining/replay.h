// Token replay: how far a net's tokens follow the cases of a log. Rozinat and van der Aalst (2008),
// Conformance checking of processes based on monitoring real behavior, Information Systems 33:64-95, 5.1.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "mining/align.h"
#include "mining/states.h"

namespace zhike::mining {

struct Tokens {
  std::uint64_t produced = 0, consumed = 0, missing = 0, remaining = 0;

  void add(const Tokens& other, std::uint64_t times) noexcept;
  /// (1 - missing / consumed) / 2 + (1 - remaining / produced) / 2
  [[nodiscard]] double fitness() const noexcept;
  [[nodiscard]] bool fits() const noexcept { return missing == 0 && remaining == 0; }
  friend bool operator==(const Tokens&, const Tokens&) = default;
};

/// Event by event. Silent steps are taken where they enable the next event, or the end, and the search for
/// them looks at 10,000 markings at most. Which of several silent ways is taken is not weighed, so a trace
/// that fits may be told not to: where its alignment is known, tokens_of says it better. An event whose
/// activity is not in the model (Aligner::kUnknown) consumes a token that is missing and produces one that
/// remains. Errors: kConformanceTooLarge.
[[nodiscard]] Result<Tokens> replay(States& states, std::span<const Activity> trace);

/// Of a trace that fits: the tokens that the steps of its alignment move.
[[nodiscard]] Tokens tokens_of(const Net& net, std::span<const Move> moves);

}  // namespace zhike::mining
