#include "journey/friction.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "journey/cases.h"
#include "journey/sql.h"
#include "query/prepare.h"
#include "stats/counts.h"
#include "stats/matched.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kDayMs = 86'400'000LL;
constexpr std::uint64_t kWaitsLeast = 50, kPairsMax = 300;

/// From kind to kind: milliseconds beyond which the wait is abnormal.
struct Fences {
  std::vector<std::uint64_t> pairs, fences;
};
Result<Fences> fences_of(warehouse::Client& client, const Grant& grant, const query::Filter& filter) {
  CX_TRY(query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, filter, sql::kFrictionWaits));
  prepared.params.set("least", kWaitsLeast).set("pairs", kPairsMax);
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kCaseLimits)));
  // The store wants one element at least; no pair of kinds is 0.
  Fences out{.pairs = {0}, .fences = {0}};
  for (const auto& row : table.rows) {
    out.pairs.push_back(warehouse::as_u64(row[0]));
    out.fences.push_back(warehouse::as_u64(row[1]));
  }
  return out;
}

/// The instrument and the currency that there is most of.
Result<void> choose(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                    FrictionReport& out) {
  CX_TRY(const query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, filter, sql::kFrictionBasis));
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kCaseLimits)));
  for (const auto& row : table.rows) {
    std::string& into = warehouse::as_u64(row[0]) != 0 ? out.currency : out.instrument;
    if (into.empty()) into = warehouse::as_text(row[1]);
  }
  return {};
}

struct Cell {
  stats::Moments any, later;  ///< answers of journeys with it; of them, those given after it struck
};
/// Stratum and group of customers.
using Cells = std::map<std::pair<std::string, std::uint32_t>, Cell>;
using Key = std::tuple<std::string, std::string, std::string>;

stats::Moments moments_at(const boost::json::array& row, std::size_t first) {
  return {.n = warehouse::as_u64(row[first]),
          .sum = warehouse::as_double(row[first + 1]),
          .sum_squares = warehouse::as_double(row[first + 2])};
}
stats::Moments less(const stats::Moments& all, const stats::Moments& part) {
  return {.n = all.n - part.n, .sum = all.sum - part.sum, .sum_squares = all.sum_squares - part.sum_squares};
}

std::optional<FrictionLoss> loss_of(const Cells& all, const Cells& with, double sign) {
  std::map<std::string, std::uint32_t> strata;
  for (const auto& [at, cell] : with)
    if (cell.later.n > 0) strata.try_emplace(at.first, static_cast<std::uint32_t>(strata.size()));
  std::vector<stats::MatchedCell> cells;
  for (const auto& [at, cell] : all) {
    const auto stratum = strata.find(at.first);
    if (stratum == strata.end()) continue;
    const auto here = with.find(at);
    const Cell befell = here == with.end() ? Cell{} : here->second;
    cells.push_back({.stratum = stratum->second,
                     .group = at.second,
                     .with = befell.later,
                     .without = less(cell.any, befell.any)});
  }
  const auto found = stats::matched_difference(cells);
  if (!found) return std::nullopt;
  FrictionLoss out{.value = sign * found->difference,
                   .with = found->with,
                   .without = found->without,
                   .unmatched = found->unmatched,
                   .p_value = found->p_value};
  if (found->interval) {
    const double one = sign * found->interval->low, other = sign * found->interval->high;
    out.interval = stats::Interval{std::min(one, other), std::max(one, other)};
  }
  return out;
}

void set_harm(Friction& friction, std::uint64_t journeys) {
  if (!friction.loss || !friction.loss->interval || journeys == 0) return;
  const double share = static_cast<double>(friction.journeys) / static_cast<double>(journeys);
  friction.harm = share * friction.loss->value;
  friction.harm_interval =
      stats::Interval{share * friction.loss->interval->low, share * friction.loss->interval->high};
}

void mark_those_that_hold(std::vector<Friction>& items) {
  std::vector<double> p_values;
  std::vector<Friction*> tested;
  for (Friction& one : items)
    if (one.harm) {
      p_values.push_back(one.loss->p_value);
      tested.push_back(&one);
    }
  const std::vector<bool> held = stats::holm(p_values);
  for (std::size_t i = 0; i < tested.size(); ++i) tested[i]->holds = held[i] && tested[i]->loss->value > 0;
}

void rank(std::vector<Friction>& items) {
  const auto place = [](const Friction& one) {
    constexpr double kNone = -std::numeric_limits<double>::infinity();
    return std::tuple(one.holds, one.harm.value_or(kNone), one.journeys);
  };
  std::ranges::sort(items, [&](const Friction& a, const Friction& b) {
    if (place(a) != place(b)) return place(a) > place(b);
    return std::tie(a.name.detector, a.name.place, a.name.other) <
           std::tie(b.name.detector, b.name.place, b.name.other);
  });
}

std::vector<FrictionExample> examples_of(const boost::json::value& cell) {
  std::vector<FrictionExample> out;
  for (const auto& one : cell.as_array()) {
    const auto& fields = one.as_array();
    out.push_back({.customer = warehouse::as_u64(fields.at(0)),
                   .began = {warehouse::as_i64(fields.at(1))},
                   .at = {warehouse::as_i64(fields.at(2))}});
  }
  return out;
}

/// A row that counts a whole friction, or all journeys.
void read_whole(const boost::json::array& row, const FrictionOptions& options, bool shows_customers,
                FrictionReport& out) {
  Friction one{.name = {.detector = warehouse::as_text(row[0]),
                        .place = warehouse::as_text(row[1]),
                        .other = warehouse::as_text(row[2])},
               .journeys = warehouse::as_u64(row[6]),
               .customers = warehouse::as_u64(row[15]),
               .value = warehouse::as_double(row[16])};
  if (one.name.detector.empty()) {
    out.journeys = one.journeys;
    out.customers = one.customers;
    out.complete = warehouse::as_u64(row[7]);
    out.median_ms = warehouse::as_i64(row[8]);
    out.answers = warehouse::as_u64(row[9]);
    return;
  }
  one.moment = std::ranges::count(options.definition.moments, one.name.place) > 0 ||
               std::ranges::count(options.definition.moments, one.name.other) > 0;
  if (shows_customers) one.examples = examples_of(row[17]);
  out.items.push_back(std::move(one));
}

}  // namespace

void set_cases(warehouse::Params& params, const Definition& definition) {
  params.set("pause_ms", definition.gap_days * kDayMs)
      .set("stages", definition.stages)
      .set("starts", definition.starts)
      .set("ends", definition.ends);
}

Result<query::Prepared> prepare_frictions(warehouse::Client& client, const Grant& grant,
                                          const query::Filter& filter, const Definition& definition,
                                          std::string_view sql, std::string_view instrument) {
  CX_TRY(query::Prepared prepared, query::prepare(grant, Permission::kViewMetrics, filter, sql));
  CX_TRY(const Fences fences, fences_of(client, grant, filter));
  set_cases(prepared.params, definition);
  prepared.params.set("instrument", instrument)
      .set("wait_pairs", fences.pairs)
      .set("wait_fences", fences.fences)
      .set("until_ms", filter.range.to.ms);
  return prepared;
}

const std::vector<std::string_view>& detectors() {
  static const std::vector<std::string_view> kAll{"loop",           "back_and_forth",   "rage", "dead_end",
                                                  "channel_bounce", "repeated_contact", "wait", "abandoned"};
  return kAll;
}

Result<FrictionReport> friction(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                                const FrictionOptions& options) {
  if (options.top < 1 || options.top > 200) return fail(Code::kBadFilter, "top is not 1 to 200");
  FrictionReport out;
  CX_TRY(choose(client, grant, filter, out));
  if (!options.instrument.empty()) out.instrument = options.instrument;
  CX_TRY(query::Prepared prepared,
         prepare_frictions(client, grant, filter, options.definition, sql::kFriction, out.instrument));
  prepared.params.set("currency", out.currency).set("since_ms", filter.range.from.ms);
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kCaseLimits)));
  const bool shows_customers = grant.may(Permission::kViewCustomers);
  std::map<Key, Cells> cells;
  for (const auto& row : table.rows) {
    if (warehouse::as_u64(row[5]) != 0) {
      read_whole(row, options, shows_customers, out);
      continue;
    }
    const Key key{warehouse::as_text(row[0]), warehouse::as_text(row[1]), warehouse::as_text(row[2])};
    const auto group = static_cast<std::uint32_t>(warehouse::as_u64(row[4]));
    cells[key][{warehouse::as_text(row[3]), group}] = {.any = moments_at(row, 9),
                                                       .later = moments_at(row, 12)};
  }
  const double sign = out.instrument == "ces" ? 1 : -1;  // less effort is better
  const Cells& all = cells[Key{}];
  for (Friction& one : out.items) {
    one.loss = loss_of(all, cells[Key{one.name.detector, one.name.place, one.name.other}], sign);
    set_harm(one, out.journeys);
  }
  mark_those_that_hold(out.items);
  rank(out.items);
  out.found = out.items.size();
  if (out.items.size() > static_cast<std::size_t>(options.top))
    out.items.resize(static_cast<std::size_t>(options.top));
  return out;
}

Result<std::vector<Affected>> affected(warehouse::Client& client, const Grant& grant,
                                       const query::Filter& filter, const FrictionOptions& options,
                                       const FrictionName& name, std::uint64_t count) {
  if (!grant.may(Permission::kViewCustomers)) return fail(Code::kPermissionMissing, "view_customers");
  if (count < 1 || count > 1'000) return fail(Code::kBadFilter, "count is not 1 to 1000");
  if (std::ranges::find(detectors(), name.detector) == detectors().end())
    return fail(Code::kBadFilter, "friction {}", name.detector.substr(0, 40));
  CX_TRY(query::Prepared prepared, prepare_frictions(client, grant, filter, options.definition,
                                                     sql::kFrictionCustomers, options.instrument));
  prepared.params.set("detector", name.detector).set("place", name.place).set("other", name.other);
  prepared.params.set("count", count);
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kCaseLimits)));
  std::vector<Affected> out;
  for (const auto& row : table.rows)
    out.push_back({.customer = warehouse::as_u64(row[0]),
                   .began = {warehouse::as_i64(row[1])},
                   .at = {warehouse::as_i64(row[2])},
                   .journeys = warehouse::as_u64(row[3])});
  return out;
}

}  // namespace zhike::journey
