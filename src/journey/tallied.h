// Journeys or cases of a stream counted on two threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/result.h"

namespace zhike::journey {

/// Two workers, each with a tally of its own, go through the journeys or cases of a stream; answers both
/// added up. `take(tally, customer, items)`. Errors: those of the stream's each().
template <class Stream, class Tally, class Take>
[[nodiscard]] Result<Tally> tallied(Stream& stream, const Tally& empty, const Take& take) {
  std::array<Tally, 2> tallies{empty, empty};
  std::array<typename Stream::Each, 2> workers;
  for (std::size_t i = 0; i < workers.size(); ++i)
    workers[i] = [&take, &tally = tallies[i]](std::uint64_t customer, auto items) {
      take(tally, customer, items);
    };
  CX_TRY(stream.each(workers));
  tallies[0].add(std::move(tallies[1]));
  return std::move(tallies[0]);
}

}  // namespace zhike::journey
