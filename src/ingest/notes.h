// Repairs and findings of this thread's parsers, on their way to the source that the values came from: a
// parser knows the value, the gate of the intake, on the same thread right after it, the source.
#pragma once

#include <utility>

#include "clean/rules.h"

namespace zhike::ingest {

[[nodiscard]] inline clean::Tally& notes() noexcept {
  static thread_local clean::Tally tally;
  return tally;
}
[[nodiscard]] inline clean::Tally take_notes() noexcept { return std::exchange(notes(), {}); }

}  // namespace zhike::ingest
