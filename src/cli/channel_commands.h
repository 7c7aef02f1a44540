// The commands of channels (see commands.h).
#pragma once

#include <cstdint>
#include <string>

#include "cli/console.h"

namespace zhike::cli {

struct ChannelCommand {
  std::string file;
  std::string path, conversions, lost;  ///< columns; `lost` empty: every journey converted
  std::string separator = ">";
  double half_life = 1;  ///< touches
  double confidence = 0.95;
  int resamples = 500;  ///< 0: no intervals
  std::uint64_t seed = 1;
};
/// Conversions shared out among channels by seven models.
[[nodiscard]] int channel_attribution(Console& console, const ChannelCommand& command);

}  // namespace zhike::cli
