#include "identity/decision.h"

#include <array>

namespace zhike::identity {

std::string_view to_string(Evidence evidence) noexcept {
  constexpr std::array<std::string_view, 5> kNames{"unknown", "claim", "manual", "reviewed", "matched"};
  const auto at = static_cast<std::size_t>(evidence);
  return kNames[at < kNames.size() ? at : 0];
}

std::string_view to_string(DecisionKind kind) noexcept {
  constexpr std::array<std::string_view, 7> kNames{"unknown", "merge",    "split", "unlink",
                                                   "shared",  "verified", "apart"};
  const auto at = static_cast<std::size_t>(kind);
  return kNames[at < kNames.size() ? at : 0];
}

}  // namespace zhike::identity
