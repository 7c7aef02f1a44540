// Reports of imports as JSON: for the console, the command line, and the ledger.
#pragma once

#include <boost/json.hpp>

#include <string_view>
#include <vector>

#include "ingest/import.h"

namespace zhike::app {

[[nodiscard]] boost::json::object to_json(const ingest::FileReport& report);
/// Of what to_json wrote. Unknown reasons are left out.
[[nodiscard]] std::vector<ingest::FileReport> reports_from_json(std::string_view text);

/// A line that shows what an event became, without identifiers: these are for the store only.
[[nodiscard]] std::string describe(const RawEvent& event);

}  // namespace zhike::app
