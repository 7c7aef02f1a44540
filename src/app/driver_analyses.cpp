#include "app/driver_analyses.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace zhike::app {
namespace {

constexpr std::string_view kTrait = "trait.";

/// Every stage for each value of the column, as its group.
Result<std::vector<std::vector<metric::Cell>>> cells_by_value(App& app, const Grant& grant,
                                                              query::Filter filter,
                                                              const metric::ChainWish& wish,
                                                              std::string_view column) {
  CX_TRY(const external::Groups found, app.externals().groups(grant, column));
  std::vector<std::vector<metric::Cell>> out(wish.stages.size());
  const query::Expr where = filter.where;
  for (std::size_t i = 0; i < std::min(found.values.size(), kSegmentsMax); ++i) {
    const std::string& value = found.values[i].value;
    filter.where = query::all({where, query::among(found.set, value)});
    for (std::size_t s = 0; s < wish.stages.size(); ++s) {
      CX_TRY(auto cells, metric::cells(app.warehouse(), grant, *wish.stages[s].metric, filter, wish.grain,
                                       query::By::kNone));
      for (metric::Cell& cell : cells) cell.group = value;
      std::ranges::move(cells, std::back_inserter(out[s]));
    }
  }
  return out;
}

}  // namespace

Result<metric::MetricChain> metric_chain(App& app, const Grant& grant, const query::Filter& filter,
                                         const metric::ChainWish& wish, std::string_view by) {
  if (by.find('.') != by.npos) {
    CX_TRY(const auto cells, cells_by_value(app, grant, filter, wish, by));
    return metric::chain_of(cells, filter, wish);
  }
  query::By group = query::By::kUnit;
  if (!by.empty()) {
    CX_TRY(group, query::parse_by(by));
  }
  if (group == query::By::kNone) return fail(Code::kBadFilter, "'by': a chain needs units");
  std::vector<std::vector<metric::Cell>> cells;
  for (const metric::ChainStage& stage : wish.stages) {
    CX_TRY(auto of, metric::cells(app.warehouse(), grant, *stage.metric, filter, wish.grain, group));
    cells.push_back(std::move(of));
  }
  return metric::chain_of(cells, filter, wish);
}

Result<feedback::CustomerQuestion> customer_question(App& app, const Grant& grant, query::Filter filter,
                                                     feedback::DriverChoice choice) {
  feedback::CustomerQuestion out{.filter = std::move(filter), .choice = std::move(choice), .traits = {}};
  std::vector<std::string> keys = out.choice.drivers;
  keys.push_back(out.choice.outcome);
  if (keys.size() > feedback::kDriversMax + 1)
    return fail(Code::kBadField, "'drivers': more than {}", feedback::kDriversMax);
  for (const std::string& key : keys) {
    if (!key.starts_with(kTrait)) continue;
    CX_TRY(const external::Groups found, app.externals().groups(grant, key));
    out.traits.push_back({.key = key, .set = found.set});
  }
  return out;
}

}  // namespace zhike::app
