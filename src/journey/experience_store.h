// The digital-experience score of the store: one question for a kind of journey, its answer with the
// channels, and the comparison of two sets of events.
#pragma once

#include <optional>
#include <vector>

#include "event/grant.h"
#include "journey/definitions.h"
#include "journey/experience.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::journey {

/// Customers with cases whose sums are held at once, 200 bytes each.
inline constexpr std::size_t kExperienceLinesMax = 4'000'000;

struct ExperienceReport {
  Experience found;
  std::optional<Experience> other{};        ///< of the events it is compared with
  std::vector<ExperienceChange> changes{};  ///< this less the other
};

/// With `other` both are measured against the shorter of the two shortest ways, and a component that one of
/// them lacks counts in neither score. Three passes over the events of each range. Thread-safe, blocks;
/// permission kViewMetrics. Errors: kPermissionMissing, kBadFilter, kQueryTooLarge, the client's.
[[nodiscard]] Result<ExperienceReport> experience(warehouse::Client& client, const Grant& grant,
                                                  const query::Filter& filter,
                                                  const std::optional<query::Filter>& other,
                                                  const Definition& definition,
                                                  const ExperienceSettings& settings);

}  // namespace zhike::journey
