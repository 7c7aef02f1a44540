#include "metric/metric.h"

#include <algorithm>
#include <map>

#include "metric/catalogue.h"
#include "metric/cells.h"
#include "metric/estimate.h"
#include "query/prepare.h"

namespace zhike::metric {

namespace {

struct Row {
  std::int32_t bucket = 0;  ///< epoch day; 0 without grain
  std::string group, currency;
  Parts parts;
};

std::int32_t epoch_day(const std::string& date) {
  const auto at = parse_time(date, Zone::utc());
  return at ? utc_day(*at) : 0;
}

Row read_row(const warehouse::Table& table, const boost::json::array& cells) {
  Row row;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& name = table.columns[i].name;
    const auto& cell = cells[i];
    if (name == "bucket")
      row.bucket = epoch_day(warehouse::as_text(cell));
    else if (name == "grp")
      row.group = warehouse::as_text(cell);
    else if (name == "currency")
      row.currency = warehouse::as_text(cell);
    else if (name == "n")
      row.parts.n = warehouse::as_u64(cell);
    else if (name == "hits")
      row.parts.hits = warehouse::as_u64(cell);
    else if (name == "promoters")
      row.parts.promoters = warehouse::as_u64(cell);
    else if (name == "detractors")
      row.parts.detractors = warehouse::as_u64(cell);
    else if (name == "above")
      row.parts.above = warehouse::as_u64(cell);
    else if (name == "total")
      row.parts.total = warehouse::as_double(cell);
    else if (name == "squares")
      row.parts.squares = warehouse::as_double(cell);
    else if (name == "grid")
      for (const auto& level : cell.as_array()) row.parts.grid.push_back(warehouse::as_double(level));
  }
  return row;
}

Result<std::vector<Row>> ask(warehouse::Client& client, const Grant& grant, const Metric& metric,
                             const query::Filter& filter, query::Grain grain, query::By by) {
  CX_TRY(query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, filter, sql_named(metric.sql)));
  prepared.params.set("grain", query::to_string(grain)).set("by", query::to_string(by));
  for (const Param& param : metric.params) {
    if (param.is_list)
      prepared.params.set(param.name, param.texts);
    else if (param.number)
      prepared.params.set(param.name, *param.number);
    else
      prepared.params.set(param.name, std::string_view(param.text));
  }
  CX_TRY(const warehouse::Table table, client.select(prepared.query()));
  std::vector<Row> rows;
  rows.reserve(table.rows.size());
  for (const auto& cells : table.rows) rows.push_back(read_row(table, cells));
  return rows;
}

std::string main_currency(const std::vector<Row>& rows) {
  std::map<std::string, std::uint64_t> seen;
  for (const Row& row : rows) seen[row.currency] += row.parts.n;
  const auto most = std::ranges::max_element(seen, {}, [](const auto& entry) { return entry.second; });
  return most == seen.end() ? std::string() : most->first;
}

Parts whole(const std::vector<Row>& rows, const std::string& currency) {
  Parts out;
  for (const Row& row : rows) {
    if (row.currency != currency) continue;
    if (out.n == 0) out.grid = row.parts.grid;
    add(out, row.parts);
  }
  return out;
}

std::vector<Point> series(const Metric& metric, const std::vector<Row>& rows, const std::string& currency,
                          const query::Filter& filter, query::Grain grain) {
  std::map<std::int32_t, Parts> found;
  for (const Row& row : rows)
    if (row.currency == currency) found[row.bucket] = row.parts;
  std::vector<Point> out;
  for (const std::int32_t day : query::buckets(filter, grain))
    out.push_back({.at = filter.zone.to_instant(std::int64_t{day} * 86'400'000),
                   .value = estimate(metric, found[day])});
  return out;
}

std::vector<Group> groups(const Metric& metric, const std::vector<Row>& rows, const std::string& currency) {
  std::vector<Group> out;
  for (const Row& row : rows)
    if (row.currency == currency && !row.group.empty())
      out.push_back({.key = row.group, .value = estimate(metric, row.parts)});
  std::ranges::sort(out, [](const Group& a, const Group& b) {
    return a.value.n != b.value.n ? a.value.n > b.value.n : a.key < b.key;
  });
  if (out.size() > kGroupsMax) out.resize(kGroupsMax);
  return out;
}

/// The rows that answer a question: of the range by time, by group and as a whole, and of the range before.
struct Readings {
  std::vector<Row> by_time, by_group, total, before;
  bool comparable = false;  ///< something is stored of the range before
};

Result<Readings> read(warehouse::Client& client, const Grant& grant, std::span<const Metric* const> metrics,
                      const Question& question) {
  using query::By;
  using query::Grain;
  const Metric& metric = *metrics.front();
  const query::Filter& filter = question.filter;
  Readings out;
  if (question.grain != Grain::kNone) {
    CX_TRY(out.by_time, ask(client, grant, metric, filter, question.grain, By::kNone));
  }
  if (question.by != By::kNone) {
    CX_TRY(out.by_group, ask(client, grant, metric, filter, Grain::kNone, question.by));
  }
  // What adds up is not asked twice.
  const bool additive = std::ranges::all_of(metrics, [](const Metric* m) { return m->additive; });
  if (additive && question.grain != Grain::kNone) {
    out.total = out.by_time;
  } else if (additive && question.by != By::kNone) {
    out.total = out.by_group;
  } else {
    CX_TRY(out.total, ask(client, grant, metric, filter, Grain::kNone, By::kNone));
  }
  if (question.compare != query::Compare::kNone) {
    query::Filter earlier = filter;
    earlier.range = query::compared(filter.range, filter.zone, question.compare);
    CX_TRY(out.before, ask(client, grant, metric, earlier, Grain::kNone, By::kNone));
    out.comparable = std::ranges::any_of(out.before, [](const Row& row) { return row.parts.n > 0; });
    if (!out.comparable) {
      CX_TRY(out.comparable, query::any(client, grant, earlier.range));
    }
  }
  return out;
}

Answer answer(const Metric& metric, const Question& question, const Readings& readings) {
  const query::Filter& filter = question.filter;
  const std::string currency = main_currency(readings.total);
  const Parts now = whole(readings.total, currency);
  Answer out{.metric = &metric,
             .range = filter.range,
             .grain = question.grain,
             .value = estimate(metric, now),
             .change = {},
             .currency = {},
             .series = series(metric, readings.by_time, currency, filter, question.grain),
             .groups = groups(metric, readings.by_group, currency)};
  if (metric.unit == "money") out.currency = currency;
  if (readings.comparable) out.change = change(metric, whole(readings.before, currency), now);
  return out;
}

}  // namespace

std::span<const Metric> list() {
  static const std::vector<Metric> kMetrics = read_catalogue();
  return kMetrics;
}

Result<const Metric*> find(std::string_view key) {
  for (const Metric& metric : list())
    if (metric.key == key) return &metric;
  return fail(Code::kUnknownMetric, "{}", key.substr(0, 60));
}

Result<std::vector<Answer>> compute_alike(warehouse::Client& client, const Grant& grant,
                                          std::span<const Metric* const> metrics, const Question& question) {
  cx_check(!metrics.empty(), "no metric to compute");
  for (const Metric* metric : metrics) cx_check(alike(*metrics.front(), *metric), "metrics of other rows");
  CX_TRY(const Readings readings, read(client, grant, metrics, question));
  std::vector<Answer> out;
  for (const Metric* metric : metrics) out.push_back(answer(*metric, question, readings));
  return out;
}

Result<Answer> compute(warehouse::Client& client, const Grant& grant, const Metric& metric,
                       const Question& question) {
  const Metric* const only = &metric;
  CX_TRY(std::vector<Answer> answers, compute_alike(client, grant, {&only, 1}, question));
  return std::move(answers.front());
}

Result<std::vector<Cell>> cells(warehouse::Client& client, const Grant& grant, const Metric& metric,
                                const query::Filter& filter, query::Grain grain, query::By by) {
  CX_TRY(const std::vector<Row> rows, ask(client, grant, metric, filter, grain, by));
  const std::string currency = main_currency(rows);
  std::vector<Cell> out;
  for (const Row& row : rows)
    if (row.currency == currency && (by == query::By::kNone || !row.group.empty()))
      out.push_back({.group = row.group, .start = row.bucket, .value = estimate(metric, row.parts)});
  return out;
}

std::vector<std::int32_t> whole_periods(const query::Filter& filter, query::Grain grain) {
  constexpr std::int64_t kDayMs = 86'400'000, kLongest = 40;  // days, more than any period has
  std::vector<std::int32_t> out;
  if (grain == query::Grain::kNone) return out;
  const std::int64_t from = filter.zone.to_local_ms(filter.range.from),
                     to = filter.zone.to_local_ms(filter.range.to);
  // One period more than there is says where the last one ends.
  const query::Range longer{.from = filter.range.from, .to = filter.range.to + days(kLongest)};
  const auto starts = query::buckets(longer, filter.zone, grain);
  for (std::size_t i = 0; i + 1 < starts.size(); ++i)
    if (starts[i] * kDayMs >= from && starts[i + 1] * kDayMs <= to) out.push_back(starts[i]);
  return out;
}

bool alike(const Metric& a, const Metric& b) { return a.sql == b.sql && a.params == b.params; }

}  // namespace zhike::metric
