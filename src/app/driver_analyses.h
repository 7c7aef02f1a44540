// Key drivers and the service-profit chain where several modules meet: segments of customers that traits and
// virtual sources name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/app.h"
#include "feedback/customer_drivers.h"
#include "metric/chain.h"

namespace zhike::app {

/// metric::chain_of() with the cells of the store. `by`: unit (or empty), channel, touchpoint, stage; a
/// column of a virtual source ("crm.tariff") or a trait ("trait.city"), whose values are the units,
/// kSegmentsMax at most, those with most customers. Permission: kViewMetrics. Errors: of metric::cells(),
/// chain_of() and Externals::groups().
inline constexpr std::size_t kSegmentsMax = 30;
[[nodiscard]] Result<metric::MetricChain> metric_chain(App& app, const Grant& grant,
                                                       const query::Filter& filter,
                                                       const metric::ChainWish& wish, std::string_view by);

/// The question with the traits that its choice names looked up. Errors: of Externals::groups().
[[nodiscard]] Result<feedback::CustomerQuestion> customer_question(App& app, const Grant& grant,
                                                                   query::Filter filter,
                                                                   feedback::DriverChoice choice);

}  // namespace zhike::app
