// JSON of brand reputation, shared by its handlers and the command line.
#pragma once

#include <vector>

#include "reputation/burst_messages.h"
#include "reputation/reputation.h"
#include "server/json.h"

namespace zhike::server {

/// As ReputationReport, without `reading`.
[[nodiscard]] json::object reputation_json(const reputation::ReportAnswer& found, query::Grain grain);
[[nodiscard]] json::object bursts_json(const reputation::BurstAnswer& found);
[[nodiscard]] json::object spreads_json(const reputation::PostAnswer& found);
[[nodiscard]] json::object brands_json(const reputation::BrandBook& book);

/// As BurstMessages. Errors: of its parts.
[[nodiscard]] Result<json::object> burst_messages_json(reputation::BurstMessages& messages,
                                                       const Grant& grant);

struct BrandsWanted {
  std::vector<reputation::Brand> brands;
  reputation::Weights weights;  ///< those of `now` where they are absent
};
/// `items` and `weights` of BrandChanges. Errors: kBadField.
[[nodiscard]] Result<BrandsWanted> brands_wanted(const Fields& fields, const reputation::BrandBook& now);

}  // namespace zhike::server
