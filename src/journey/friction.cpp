#include "journey/friction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "journey/case_stream.h"
#include "journey/cases.h"
#include "journey/customer_rows.h"
#include "journey/detectors.h"
#include "journey/friction_tally.h"
#include "journey/sql.h"
#include "journey/tallied.h"
#include "journey/tallies.h"
#include "query/prepare.h"
#include "stats/counts.h"
#include "stats/matched.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kDayMs = 86'400'000LL;
constexpr std::uint64_t kWaitsLeast = 50, kPairsMax = 300, kSpendersMost = 8'000'000;

struct Spent {
  std::uint64_t customer = 0;
  double spent = 0;
  static constexpr std::array<std::string_view, 2> kColumns{"UInt64", "Float64"};
};

/// What each customer paid; empty without a currency.
Result<Spending> spending_in(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                             const std::string& currency) {
  Spending out;
  if (currency.empty()) return out;
  CX_TRY(query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, filter, sql::kFrictionSpending));
  prepared.params.set("currency", currency);
  warehouse::Limits limits = kCaseLimits;
  limits.result_rows_max = kSpendersMost;
  CX_TRY(stream_rows<Spent>(
      client, prepared.query(limits),
      [](warehouse::NativeRow& row, Spent& into) {
        row.number(into.customer);
        row.number(into.spent);
      },
      [&](const Spent& row) { out.emplace(row.customer, row.spent); }));
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

stats::Moments less(const stats::Moments& all, const stats::Moments& part) {
  return {.n = all.n - part.n, .sum = all.sum - part.sum, .sum_squares = all.sum_squares - part.sum_squares};
}

/// `with`: cells of the friction, `all`: of all journeys.
std::optional<FrictionLoss> loss_of(std::span<const FrictionCell> all, std::span<const FrictionCell> with,
                                    double sign) {
  const auto place = [](const FrictionCell& cell) { return std::pair(cell.stratum, cell.group); };
  std::vector<stats::MatchedCell> cells;
  for (const FrictionCell& cell : all) {
    const auto in_stratum = std::ranges::equal_range(with, cell.stratum, {}, &FrictionCell::stratum);
    if (std::ranges::none_of(in_stratum, [](const FrictionCell& one) { return one.later.n > 0; })) continue;
    const auto here = std::ranges::lower_bound(in_stratum, place(cell), {}, place);
    const FrictionCell befell =
        here == in_stratum.end() || place(*here) != place(cell) ? FrictionCell{} : *here;
    cells.push_back({.stratum = cell.stratum,
                     .group = cell.group,
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

/// Of the numbers in a key their names.
Friction named(const FrictionKey& key, FrictionSum&& sum, const CaseKinds& kinds,
               const FrictionOptions& options, bool shows_customers) {
  Friction out{.name = {.detector = std::string(to_string(key.detector)),
                        .place = kinds.names[key.place],
                        .other = kinds.names[key.other]},
               .journeys = sum.journeys,
               .customers = sum.customers,
               .value = sum.value};
  out.moment = std::ranges::count(options.definition.moments, out.name.place) > 0 ||
               std::ranges::count(options.definition.moments, out.name.other) > 0;
  if (shows_customers) out.examples = std::move(sum.examples);
  return out;
}

}  // namespace

void set_cases(warehouse::Params& params, const Definition& definition) {
  params.set("pause_ms", pause_of(definition))
      .set("stages", definition.stages)
      .set("starts", definition.starts)
      .set("ends", definition.ends);
}

std::int64_t pause_of(const Definition& definition) { return definition.gap_days * kDayMs; }

Result<DetectorLimits> detector_limits(warehouse::Client& client, const Grant& grant,
                                       const query::Filter& filter, const Definition& definition) {
  CX_TRY(query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, filter, sql::kFrictionWaits));
  prepared.params.set("least", kWaitsLeast).set("pairs", kPairsMax);
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kCaseLimits)));
  DetectorLimits out{.pause_ms = pause_of(definition),
                     .until_ms = filter.range.to.ms,
                     .has_ends = !definition.ends.empty(),
                     .fences = {}};
  for (const auto& row : table.rows)
    out.fences.emplace(warehouse::as_u64(row[0]), static_cast<std::int64_t>(warehouse::as_u64(row[1])));
  return out;
}

const std::vector<std::string_view>& detectors() {
  static const std::vector<std::string_view> kAll{
      "loop",           "back_and_forth",   "rage", "dead_end", "ivr_loop",
      "channel_bounce", "repeated_contact", "wait", "abandoned"};
  return kAll;
}

Result<FrictionReport> friction(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                                const FrictionOptions& options) {
  if (options.top < 1 || options.top > 200) return fail(Code::kBadFilter, "top is not 1 to 200");
  FrictionReport out;
  CX_TRY(choose(client, grant, filter, out));
  if (!options.instrument.empty()) out.instrument = options.instrument;
  CX_TRY(const DetectorLimits limits, detector_limits(client, grant, filter, options.definition));
  CX_TRY(const Spending spending, spending_in(client, grant, filter, out.currency));
  CX_TRY(CaseStream cases, CaseStream::open(client, grant, filter, options.definition, out.instrument));
  CX_TRY(FrictionTally tally,
         tallied(cases, FrictionTally(cases.kinds(), limits, spending, filter.range.from.ms),
                 [](FrictionTally& to, std::uint64_t customer, std::span<const CaseEvent> every) {
                   to.take(customer, every);
                 }));
  out.journeys = tally.all().journeys;
  out.customers = tally.all().customers;
  out.complete = tally.complete();
  out.answers = tally.answered();
  out.median_ms = time_quantile(tally.took_ms(), 0.5).value_or(0);
  const bool shows_customers = grant.may(Permission::kViewCustomers);
  const double sign = out.instrument == "ces" ? 1 : -1;  // less effort is better
  const std::vector<FrictionCell> all = tally.cells({});
  for (auto& [key, sum] : tally.frictions()) {
    Friction one = named(key, std::move(sum), cases.kinds(), options, shows_customers);
    one.loss = loss_of(all, tally.cells(key), sign);
    set_harm(one, out.journeys);
    out.items.push_back(std::move(one));
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
  const Detector detector = parse_detector(name.detector);
  if (detector == Detector::kNone) return fail(Code::kBadFilter, "friction {}", name.detector.substr(0, 40));
  CX_TRY(const DetectorLimits limits, detector_limits(client, grant, filter, options.definition));
  CX_TRY(CaseStream cases, CaseStream::open(client, grant, filter, options.definition, options.instrument));
  const CaseKinds& kinds = cases.kinds();
  const FrictionKey key{
      .detector = detector, .place = kinds.number(name.place), .other = kinds.number(name.other)};
  // A name that there is no more is number 0, as the empty one is.
  if (kinds.names[key.place] != name.place || kinds.names[key.other] != name.other)
    return std::vector<Affected>{};
  CX_TRY(const AffectedTally tally,
         tallied(cases, AffectedTally(kinds, limits, key, count),
                 [](AffectedTally& to, std::uint64_t customer, std::span<const CaseEvent> every) {
                   to.take(customer, every);
                 }));
  return tally.newest();
}

}  // namespace zhike::journey
