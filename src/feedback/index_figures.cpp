#include "feedback/index_figures.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "stats/servqual.h"

namespace zhike::feedback {
namespace {

constexpr std::size_t kGroupsMax = 50;
constexpr std::int64_t kDay = days(1).value;

/// By what a response belongs to (a group, a bucket), the figure of those.
template <class Key>
std::map<Key, stats::WeightedMean> divided(const IndexColumn& column, const std::vector<Key>& keys) {
  std::map<Key, IndexColumn> parts;
  for (std::size_t i = 0; i < column.values.size(); ++i) {
    IndexColumn& part = parts.try_emplace(keys[i], IndexColumn{.measure = column.measure}).first->second;
    part.values.push_back(column.values[i]);
  }
  std::map<Key, stats::WeightedMean> out;
  for (const auto& [key, part] : parts) out.emplace(key, score_of(part));
  return out;
}

std::vector<IndexGroup> groups_of(const IndexColumn& column, const AnswerTable& table) {
  std::vector<IndexGroup> out;
  for (auto& [key, score] : divided(column, table.groups))
    if (!key.empty() && score.n > 0) out.push_back({.key = key, .score = score});
  std::ranges::stable_sort(out, std::ranges::greater{}, [](const IndexGroup& at) { return at.score.n; });
  if (out.size() > kGroupsMax) out.resize(kGroupsMax);
  return out;
}

std::vector<IndexPoint> series_of(const IndexColumn& column, const AnswerTable& table,
                                  const IndexQuestion& question) {
  const auto by_day = divided(column, table.buckets);
  std::vector<IndexPoint> out;
  for (const std::int32_t day : query::buckets(question.filter, question.grain)) {
    const auto at = by_day.find(day);
    out.push_back({.at = question.filter.zone.to_instant(std::int64_t{day} * kDay),
                   .score = at == by_day.end() ? stats::WeightedMean{} : at->second});
  }
  return out;
}

/// What one survey answers about several periods.
class Reader {
 public:
  Reader(warehouse::Client& client, Surveys& surveys, const Grant& grant, SurveyId id,
         const IndexQuestion& question)
      : client_(client), surveys_(surveys), grant_(grant), question_(question), id_(id) {}

  Result<void> open() {
    CX_TRY(const auto survey, surveys_.survey(grant_, id_));
    columns_ = columns_of_indices(*survey);
    for (const AnswerColumn& column : columns_)
      if (!column.is_mean()) keys_.push_back(column.key);
    return {};
  }
  [[nodiscard]] bool is_empty() const { return keys_.empty(); }

  struct Period {
    AnswerTable table;
    SurveyIndices indices;
  };
  Result<Period> read(const query::Filter& filter, query::Grain grain, query::By by) {
    CX_TRY(auto table,
           answer_table(client_, surveys_, grant_,
                        {.survey = id_, .filter = filter, .keys = keys_, .grain = grain, .by = by}));
    auto indices = indices_of(table, columns_, question_.wish);
    return Period{.table = std::move(table), .indices = std::move(indices)};
  }

 private:
  warehouse::Client& client_;
  Surveys& surveys_;
  const Grant& grant_;
  const IndexQuestion& question_;
  SurveyId id_;
  std::vector<AnswerColumn> columns_;
  std::vector<std::string> keys_;
};

const IndexColumn* column_of(const SurveyIndices& indices, std::string_view key) {
  const auto at = std::ranges::find(indices.columns, key, &IndexColumn::key);
  return at == indices.columns.end() ? nullptr : &*at;
}

/// Answers that were made to be one's own index beside somebody's figure of the same.
IndexCompared compared(const Benchmark& benchmark, const IndexColumn& own) {
  IndexCompared out{.benchmark = benchmark, .own = score_of(own)};
  out.theirs = stats::published_interval({.value = benchmark.value,
                                          .least = own.least,
                                          .most = own.most,
                                          .n = benchmark.n,
                                          .spread = benchmark.spread});
  if (out.own.n >= stats::kRespondentsMin && out.own.interval)
    out.difference = stats::difference(out.own.value, *out.own.interval, benchmark.value, out.theirs);
  return out;
}

Result<void> add_benchmarks(IndexFigures& out, Reader& reader, Surveys& surveys, const Grant& grant,
                            const query::Filter& filter) {
  CX_TRY(auto known, surveys.benchmarks().list(grant, ""));
  std::erase_if(known, [&](const Benchmark& at) {
    return std::ranges::find(out.figures, at.metric, &IndexFigure::key) == out.figures.end();
  });
  std::ranges::stable_sort(known, std::ranges::greater{}, &Benchmark::to_day);
  if (known.size() > Benchmarks::kComparedMax) known.resize(Benchmarks::kComparedMax);
  std::map<std::pair<std::int32_t, std::int32_t>, SurveyIndices> periods;
  for (const Benchmark& benchmark : known) {
    const auto [at, is_new] = periods.try_emplace({benchmark.from_day, benchmark.to_day});
    if (is_new) {
      query::Filter then = filter;  // days as the clocks of the units show them
      then.range = {filter.zone.to_instant(benchmark.from_day * kDay),
                    filter.zone.to_instant((benchmark.to_day + 1) * kDay)};
      then.by_wall_clock = true;
      CX_TRY(auto period, reader.read(then, query::Grain::kNone, query::By::kNone));
      out.is_cut = out.is_cut || period.indices.is_cut;
      at->second = std::move(period.indices);
    }
    IndexFigure& figure = *std::ranges::find(out.figures, benchmark.metric, &IndexFigure::key);
    const IndexColumn none{
        .key = figure.key, .measure = figure.measure, .least = figure.least, .most = figure.most};
    const IndexColumn* own = column_of(at->second, figure.key);
    figure.benchmarks.push_back(compared(benchmark, own == nullptr ? none : *own));
  }
  return {};
}

}  // namespace

stats::WeightedMean score_of(const IndexColumn& column) {
  const std::vector<double> alike(column.values.size(), 1.0);
  stats::WeightedMean out = stats::weighted_mean(column.values, alike);
  // Of answers that weigh the same Wilson's interval, as everywhere else.
  if (column.measure == Measure::kShare)
    out.interval = stats::wilson(
        {.hits = static_cast<std::uint64_t>(std::ranges::count(column.values, 1.0)), .n = out.n});
  return out;
}

std::optional<stats::Change> change_of(const IndexColumn& before, const IndexColumn& now) {
  const auto known = [](const IndexColumn& column) {
    std::vector<double> out = column.values;
    std::erase_if(out, [](double value) { return std::isnan(value); });
    return out;
  };
  const std::vector<double> first = known(before), second = known(now);
  if (std::min(first.size(), second.size()) < stats::kRespondentsMin) return std::nullopt;
  const auto share = [](const std::vector<double>& values) {
    return stats::Share{.hits = static_cast<std::uint64_t>(std::ranges::count(values, 1.0)),
                        .n = values.size()};
  };
  return now.measure == Measure::kShare ? stats::compare(share(first), share(second))
                                        : stats::compare(stats::moments(first), stats::moments(second));
}

Result<IndexFigures> index_figures(warehouse::Client& client, Surveys& surveys, const Grant& grant,
                                   SurveyId id, const IndexQuestion& question) {
  Reader reader(client, surveys, grant, id, question);
  CX_TRY(reader.open());
  IndexFigures out;
  if (reader.is_empty()) return out;
  CX_TRY(const auto now, reader.read(question.filter, question.grain, question.by));
  out.responses = now.table.responses;
  out.is_cut = now.table.is_cut;
  std::optional<SurveyIndices> before;
  if (question.compare != query::Compare::kNone) {
    query::Filter then = question.filter;
    then.range = query::compared(then.range, then.zone, question.compare);
    CX_TRY(auto period, reader.read(then, query::Grain::kNone, query::By::kNone));
    out.is_cut = out.is_cut || period.indices.is_cut;
    before = std::move(period.indices);
  }
  for (const IndexColumn& column : now.indices.columns) {
    IndexFigure& figure = out.figures.emplace_back(IndexFigure{.key = column.key,
                                                               .measure = column.measure,
                                                               .least = column.least,
                                                               .most = column.most,
                                                               .score = score_of(column)});
    if (question.grain != query::Grain::kNone) figure.series = series_of(column, now.table, question);
    if (question.by != query::By::kNone) figure.groups = groups_of(column, now.table);
    if (const IndexColumn* then = before ? column_of(*before, column.key) : nullptr) {
      figure.before = score_of(*then);
      figure.change = change_of(*then, column);
    }
  }
  if (question.with_benchmarks) CX_TRY(add_benchmarks(out, reader, surveys, grant, question.filter));
  return out;
}

}  // namespace zhike::feedback
