// Analyses of answers as JSON: one form for the API and the command line.
#pragma once

#include <boost/json.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stats/chain.h"
#include "stats/drivers.h"
#include "stats/pyramid.h"
#include "stats/reliability.h"
#include "stats/servqual.h"

namespace zhike::server {

namespace json = boost::json;

[[nodiscard]] json::value interval_json(const std::optional<stats::Interval>& interval);  ///< [low, high]
[[nodiscard]] json::value reliability_json(const std::optional<stats::Reliability>& of);

/// What the analysis says of driver `d`, without its name.
[[nodiscard]] json::object driver_json(const stats::DriverAnalysis& found, std::size_t d);
/// What it says of all of them together.
[[nodiscard]] json::object analysis_json(const stats::DriverAnalysis& found);

/// Links and effects, each with the names of its stages, of which there is one more than of links.
[[nodiscard]] json::object chain_json(const stats::Chain& found, std::span<const std::string> stages);

/// Fewer respondents than `least`: `n` and `enough` alone say something, the rest is null.
[[nodiscard]] json::object servqual_json(const stats::Servqual& found, std::size_t least);
[[nodiscard]] json::array gaps_json(std::span<const stats::RankedGap> gaps, std::size_t least);
[[nodiscard]] json::object pyramid_json(const stats::Pyramid& found, std::size_t least);

}  // namespace zhike::server
