// The cases of one kind of journey as a log of steps: touchpoints, each with one time and nobody's name.
#pragma once

#include "event/grant.h"
#include "journey/definitions.h"
#include "journey/performance_store.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::journey {

/// Cases by their first step, then customer, whatever the order of the store. Blocks for its query.
/// Permission kViewMetrics. Errors: kPermissionMissing, kBadFilter, kLogTooLarge (more than kStoredStepsMax
/// steps), those of CaseStream.
[[nodiscard]] Result<StoredSteps> kind_steps(warehouse::Client& client, const Grant& grant,
                                             const query::Filter& filter, const Definition& definition);

}  // namespace zhike::journey
