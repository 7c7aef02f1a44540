// Attribution: which share of the conversions each channel has a part in, by seven models side by side.
// Pure, so safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stats/bootstrap.h"
#include "stats/interval.h"

namespace zhike::stats {

/// Journeys that went the same way.
struct ChannelPath {
  std::vector<std::uint32_t> channels;  ///< in order; places of the channels, repeats kept
  std::uint64_t conversions = 0;        ///< journeys that converted at the end
  std::uint64_t lost = 0;               ///< journeys that did not
};

enum class AttributionModel : std::uint8_t {
  kFirst,      ///< all to the first channel
  kLast,       ///< all to the last
  kLinear,     ///< to every touch alike
  kTimeDecay,  ///< to every touch, halved each `half_life` touches before the last
  kPosition,   ///< `first_share` and `last_share` to the ends, the rest to what is between; two touches: half
               ///< each
  kMarkov,   ///< by removal effect: Anderl, Becker, von Wangenheim and Schumann (2016), Mapping the customer
             ///< journey, International Journal of Research in Marketing 33:457-474; order 1
  kShapley,  ///< of the game in which a set of channels is worth the conversions of the paths that need no
             ///< other: Zhao, Mahboobi and Bagheri (2018), Shapley value methods for attribution modeling in
             ///< online advertising; it comes to equal parts for the different channels of a path (their
             ///< theorem)
};
inline constexpr std::size_t kAttributionModels = 7;
[[nodiscard]] std::string_view to_string(AttributionModel model);

struct AttributionOptions {
  double half_life = 1;                        ///< touches
  double first_share = 0.4, last_share = 0.4;  ///< together at most 1
  BootstrapOptions bootstrap = {};
};

/// By channel.
struct Attributed {
  std::vector<double> conversions;  ///< sum to all conversions
  std::vector<double> shares;       ///< sum to 1
  /// Percentile intervals of the shares over journeys drawn with replacement; none where there are too few
  /// journeys, or more than kJourneysDrawn.
  std::vector<std::optional<Interval>> intervals;
};

struct Attribution {
  std::array<Attributed, kAttributionModels> models;  ///< by AttributionModel
  /// Of each channel: 1 - P(conversion without it) / P(conversion), where a journey that would touch it is
  /// lost.
  std::vector<double> removal_effects;
  std::uint64_t journeys = 0, conversions = 0;

  [[nodiscard]] const Attributed& of(AttributionModel model) const {
    return models[static_cast<std::size_t>(model)];
  }
};

inline constexpr std::size_t kAttributionChannelsMax = 200;
inline constexpr std::uint64_t kJourneysDrawn = 2'000'000;

/// `channels`: how many there are. Paths without a channel count for nothing. Cost: resamples × (journeys +
/// channels³). Errors: kBadPaths (no conversion, no channel, above kAttributionChannelsMax).
[[nodiscard]] Result<Attribution> attribute(std::span<const ChannelPath> paths, std::size_t channels,
                                            const AttributionOptions& options = {});

}  // namespace zhike::stats
