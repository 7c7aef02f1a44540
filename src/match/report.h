// A model and its blocking rules as JSON: for the command line and the API alike.
#pragma once

#include <boost/json.hpp>

#include "match/resolve.h"

namespace zhike::match {

/// [{"rule", "pairs", "largest_block_pairs", "blocks_left_out"}]
[[nodiscard]] boost::json::array rules_json(const Resolution& resolution);
/// [{"column", "kind", "levels": [{"level", "m", "u", "weight"}]}]: shares of pairs of one customer, of
/// different ones, and log2 of their ratio.
[[nodiscard]] boost::json::array comparisons_json(const Model& model);

}  // namespace zhike::match
