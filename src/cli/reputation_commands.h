// zhike reputation: who is told of bursts.
#pragma once

#include <cstdint>
#include <string>

#include "cli/console.h"

namespace zhike::cli {

struct BurstMessageOptions {
  std::uint64_t connector = 0;  ///< 0: only shows
  std::string to, language = "zh";
  bool negative_only = false, nobody = false;
};
[[nodiscard]] int reputation_messages(Console& console, const BurstMessageOptions& options);

}  // namespace zhike::cli
