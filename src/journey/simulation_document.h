// What a simulation is asked, as a document: JSON of the API, TOML of the command line, with the same keys
// (catalog/endpoints/simulation.json says them).
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "base/result.h"
#include "journey/simulation.h"

namespace zhike::journey {

/// `into` keeps what the document does not say. Errors: kBadField (a key that is none, a value that cannot
/// be), kBadSimulation.
[[nodiscard]] Result<void> read_simulation(const boost::json::object& document, SimulationOptions* into);
/// Errors: kBadField (with the line where it is no TOML), as above.
[[nodiscard]] Result<void> read_simulation_toml(std::string_view text, SimulationOptions* into);
/// "wait<=MINUTES:SHARE" or "p90<=MINUTES". Errors: kBadSimulation.
[[nodiscard]] Result<StaffTarget> parse_target(std::string_view text);

}  // namespace zhike::journey
