#include "feedback/customer_drivers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "metric/metric.h"

namespace zhike::feedback {
namespace {

constexpr double kKnownShare = 0.8;  // of the customers: what a driver has unless told otherwise
constexpr std::uint64_t kOutcomeMin = 30;
constexpr std::string_view kOtherwise = "orders";

ColumnState state_of(std::string_view key, const std::vector<double>& values) {
  ColumnState out{.key = std::string(key), .known = 0, .varies = false};
  double first = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    if (out.known++ == 0) first = value;
    out.varies = out.varies || value != first;
  }
  return out;
}

/// The instrument that `outcome` is the answer to; empty: to none.
std::string instrument_of(std::string_view outcome) {
  const CustomerColumn* column = find_customer_column(outcome);
  return column == nullptr ? std::string() : std::string(column->instrument);
}

/// The answer that enough customers gave, else what they did.
std::string usual_outcome(const CustomerTable& table) {
  for (const CustomerColumn& column : customer_columns())
    if (!column.instrument.empty() && state_of(column.key, table.of(column.key)).known >= kOutcomeMin)
      return std::string(column.key);
  return std::string(kOtherwise);
}

bool is_known(const CustomersWanted& wanted, std::string_view key) {
  return find_customer_column(key) != nullptr ||
         std::ranges::any_of(wanted.traits, [&](const TraitColumn& trait) { return trait.key == key; });
}

Result<void> check(const CustomersWanted& wanted, const DriverChoice& choice) {
  if (!choice.outcome.empty() && !is_known(wanted, choice.outcome))
    return fail(Code::kBadField, "'outcome': {} is no column", choice.outcome);
  if (choice.drivers.size() > kDriversMax)
    return fail(Code::kBadField, "'drivers': more than {}", kDriversMax);
  std::set<std::string_view> taken{choice.outcome};
  for (const std::string& key : choice.drivers) {
    if (!is_known(wanted, key)) return fail(Code::kBadField, "'drivers': {} is no column", key);
    if (!taken.insert(key).second)
      return fail(Code::kBadField, "'drivers': {} is there already, as outcome or driver", key);
  }
  return {};
}

struct Read {
  CustomerTable table;
  std::string outcome, currency;
};

Result<Read> read(warehouse::Client& client, const Grant& grant, const CustomerQuestion& question) {
  CustomersWanted wanted{.filter = question.filter, .until = {}, .traits = question.traits, .currency = {}};
  CX_TRY(check(wanted, question.choice));
  CX_TRY(const metric::Metric* const revenue, metric::find("revenue"));
  CX_TRY(const metric::Answer amounts, metric::compute(client, grant, *revenue, {.filter = question.filter}));
  wanted.currency = amounts.currency;
  Read out{.table = {}, .outcome = question.choice.outcome, .currency = wanted.currency};
  if (out.outcome.empty()) {
    CX_TRY(out.table, customer_table(client, grant, wanted));
    out.outcome = usual_outcome(out.table);
    wanted.until = instrument_of(out.outcome);
    if (wanted.until.empty()) return out;
  }
  wanted.until = instrument_of(out.outcome);
  CX_TRY(out.table, customer_table(client, grant, wanted));
  return out;
}

/// Says which column costs most of the customers.
std::unexpected<Error> too_few(const CustomerTable& table, const DriverChoice& choice,
                               std::uint64_t complete) {
  ColumnState rarest = state_of(choice.outcome, table.of(choice.outcome));
  for (const std::string& key : choice.drivers)
    if (const ColumnState state = state_of(key, table.of(key)); state.known < rarest.known) rarest = state;
  const std::size_t drivers = choice.drivers.size();
  return fail(
      Code::kTooFewRows,
      "of {} of {} customers the outcome and all {} drivers are known; {} are needed; fewest have {}: {}",
      complete, table.customers, drivers, responses_needed(drivers), rarest.key, rarest.known);
}

/// By column, of the customers of whom all are known.
std::vector<std::vector<double>> complete_rows(const CustomerTable& table,
                                               const std::vector<std::string>& keys) {
  std::vector<const std::vector<double>*> from;
  for (const std::string& key : keys) from.push_back(&table.of(key));
  std::vector<std::vector<double>> out(keys.size());
  for (std::size_t i = 0; i < table.customers; ++i) {
    if (std::ranges::any_of(from, [&](const auto* column) { return std::isnan((*column)[i]); })) continue;
    for (std::size_t c = 0; c < keys.size(); ++c) out[c].push_back((*from[c])[i]);
  }
  return out;
}

/// Means of counts and of days are no performance on one scale, whatever their numbers.
bool are_answers(const std::vector<std::string>& keys) {
  return std::ranges::all_of(keys, [](const std::string& key) { return !instrument_of(key).empty(); });
}

}  // namespace

CustomerOutline outline_of(const CustomerTable& table, std::string_view outcome) {
  CustomerOutline out{
      .customers = table.customers, .is_cut = table.is_cut, .currency = {}, .columns = {}, .usual = {}};
  out.usual.outcome = outcome;
  for (std::size_t k = 0; k < table.keys.size(); ++k) {
    const ColumnState& state = out.columns.emplace_back(state_of(table.keys[k], table.columns[k]));
    const CustomerColumn* column = find_customer_column(state.key);
    const bool is_usual = column != nullptr && column->is_usual && column->instrument.empty();
    const bool is_enough =
        static_cast<double>(state.known) >= kKnownShare * static_cast<double>(table.customers);
    if (is_usual && state.varies && is_enough && state.key != outcome) out.usual.drivers.push_back(state.key);
  }
  return out;
}

Result<CustomerDrivers> customer_drivers_of(const CustomerTable& table, const DriverChoice& choice) {
  CustomerDrivers out;
  out.outline = outline_of(table, choice.outcome);
  out.outcome = choice.outcome;
  out.drivers = choice.drivers.empty() ? out.outline.usual.drivers : choice.drivers;
  if (out.drivers.empty())
    return fail(Code::kBadDrivers, "nothing that varies is known of four in five customers with {}",
                out.outcome);
  if (std::ranges::find(out.drivers, out.outcome) != out.drivers.end())
    return fail(Code::kBadField, "'drivers': {} is the outcome", out.outcome);
  std::vector<std::string> keys{out.outcome};
  keys.insert(keys.end(), out.drivers.begin(), out.drivers.end());
  const auto rows = complete_rows(table, keys);
  out.complete = rows[0].size();
  if (out.complete < responses_needed(out.drivers.size()))
    return too_few(table, {.outcome = out.outcome, .drivers = out.drivers}, out.complete);
  stats::Design design{.target = {keys[0], rows[0]}, .drivers = {}};
  for (std::size_t c = 1; c < keys.size(); ++c) design.drivers.push_back({keys[c], rows[c]});
  out.resamples = driver_resamples(out.complete, out.drivers.size());
  CX_TRY(out.found, stats::analyse_drivers(design, {.bootstrap = {.resamples = out.resamples}}));
  if (out.drivers.size() > 1 && !are_answers(out.drivers)) {
    out.found.priorities.reset();
    out.found.no_matrix = stats::NoMatrix::kScales;
  }
  return out;
}

Result<CustomerOutline> customer_outline(warehouse::Client& client, const Grant& grant,
                                         const CustomerQuestion& question) {
  CX_TRY(const Read of, read(client, grant, question));
  CustomerOutline out = outline_of(of.table, of.outcome);
  out.currency = of.currency;
  return out;
}

Result<CustomerDrivers> customer_drivers(warehouse::Client& client, const Grant& grant,
                                         const CustomerQuestion& question) {
  CX_TRY(const Read of, read(client, grant, question));
  CX_TRY(CustomerDrivers out,
         customer_drivers_of(of.table, {.outcome = of.outcome, .drivers = question.choice.drivers}));
  out.outline.currency = of.currency;
  return out;
}

}  // namespace zhike::feedback
