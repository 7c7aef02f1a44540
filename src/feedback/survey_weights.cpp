#include "feedback/survey_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

namespace zhike::feedback {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// By response the place of its ask in `invited`; nothing: it is nobody's. Of several asks that a customer
/// answered the one that was accepted first after the response's time.
std::vector<std::optional<std::size_t>> asks_of(const std::vector<Rounds::Invited>& invited,
                                                const AnswerTable& table) {
  std::unordered_map<CustomerId, std::vector<std::size_t>> answered;
  for (std::size_t i = 0; i < invited.size(); ++i)
    if (invited[i].answered) answered[invited[i].customer].push_back(i);
  for (auto& [customer, places] : answered)
    std::ranges::sort(places, {}, [&](std::size_t i) { return *invited[i].answered; });
  std::vector<std::optional<std::size_t>> out;
  for (std::size_t r = 0; r < table.responses; ++r) {
    const auto at = answered.find(table.customers[r]);
    std::optional<std::size_t> found;
    if (at != answered.end()) {
      const auto fits = std::ranges::find_if(
          at->second, [&](std::size_t i) { return *invited[i].answered >= table.times[r]; });
      found = fits != at->second.end() ? *fits : at->second.back();
    }
    out.push_back(found);
  }
  return out;
}

struct Levels {
  std::vector<std::string> names;
  std::vector<std::uint64_t> invited;
  std::vector<std::uint32_t> of;  // by respondent
};
Result<Levels> levels_of(const std::vector<Rounds::Invited>& invited, const std::vector<std::size_t>& asks,
                         std::size_t by, const std::string& name) {
  std::map<std::string, std::uint64_t> counts;
  for (const Rounds::Invited& one : invited) ++counts[one.levels[by]];
  if (counts.size() > kWeightLevelsMax)
    return fail(Code::kBadField, "{} has {} levels, and {} can be weighted by", name, counts.size(),
                kWeightLevelsMax);
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return a.second > b.second; });
  Levels out;
  std::map<std::string, std::uint32_t> place;
  for (auto& [level, count] : sorted) {
    place[level] = static_cast<std::uint32_t>(out.names.size());
    out.names.push_back(level);
    out.invited.push_back(count);
  }
  for (const std::size_t ask : asks) out.of.push_back(place.at(invited[ask].levels[by]));
  return out;
}

Measure measure_of(const AnswerColumn& column) {
  const auto scale = scale_of(column.instrument);
  return scale ? scale->measure : Measure::kMean;
}

/// As the measure counts an answer: -100, 0 or 100; 1 or 0; or as it is.
double counted(Measure measure, const AnswerColumn& column, double answer) {
  if (std::isnan(answer)) return kNone;
  switch (measure) {
    case Measure::kNps:
      return answer >= 9 ? 100 : answer <= 6 ? -100 : 0;
    case Measure::kShare:
      return answer >= static_cast<double>(column.most) - 1 ? 1 : 0;
    case Measure::kMean:
      return answer;
  }
  return kNone;
}

stats::WeightedMean summed(Measure measure, const std::vector<double>& values,
                           const std::vector<double>& weights) {
  stats::WeightedMean out = measure == Measure::kShare ? stats::weighted_share(values, weights)
                                                       : stats::weighted_mean(values, weights);
  if (measure == Measure::kNps && out.interval)
    out.interval = stats::Interval{.low = std::max(-100.0, out.interval->low),
                                   .high = std::min(100.0, out.interval->high)};
  return out;
}

WeightedIndex index_of(const IndexColumn& column, const std::vector<std::size_t>& rows,
                       const std::vector<double>& weights) {
  std::vector<double> values;
  for (const std::size_t row : rows) values.push_back(column.values[row]);
  return {.key = column.key,
          .measure = column.measure,
          .plain = summed(column.measure, values, std::vector<double>(values.size(), 1.0)),
          .weighted = summed(column.measure, values, weights)};
}

WeightedScore weighted_score(const AnswerColumn& column, const AnswerTable& table,
                             const std::vector<std::size_t>& rows, const std::vector<double>& weights) {
  WeightedScore out{.column = column, .measure = measure_of(column)};
  const std::vector<double> answers = table.of(column);
  std::vector<double> values;
  for (const std::size_t row : rows) values.push_back(counted(out.measure, column, answers[row]));
  out.plain = summed(out.measure, values, std::vector<double>(values.size(), 1.0));
  out.weighted = summed(out.measure, values, weights);
  return out;
}

}  // namespace

Result<SurveyWeights> weigh(const std::vector<Rounds::Invited>& invited, const AnswerTable& table,
                            const std::vector<AnswerColumn>& columns, const WeightWish& wish) {
  if (invited.empty()) return fail(Code::kTooFewRows, "nobody was asked by a link of their own");
  SurveyWeights out{.invited = invited.size(), .is_cut = table.is_cut};
  std::vector<std::size_t> rows, asks;
  const auto matched = asks_of(invited, table);
  for (std::size_t r = 0; r < matched.size(); ++r) {
    if (!matched[r]) continue;
    rows.push_back(r);
    asks.push_back(*matched[r]);
  }
  out.answered = rows.size();
  out.unmatched = table.responses - rows.size();
  if (rows.empty())
    return fail(Code::kTooFewRows, "nobody of {} who were asked has answered", invited.size());
  std::vector<Levels> levels;
  std::vector<stats::Margin> margins;
  for (std::size_t by = 0; by < wish.by.size(); ++by) {
    CX_TRY(levels.emplace_back(), levels_of(invited, asks, by, wish.by[by]));
  }
  for (std::size_t by = 0; by < levels.size(); ++by)
    margins.push_back(
        {.name = wish.by[by],
         .levels = levels[by].names,
         .population = std::vector<double>(levels[by].invited.begin(), levels[by].invited.end()),
         .of = levels[by].of});
  CX_TRY(out.raked, stats::rake(margins, rows.size(), wish.rake));
  for (std::size_t by = 0; by < levels.size(); ++by) {
    WeightedMargin margin{.by = wish.by[by], .levels = {}};
    for (std::size_t level = 0; level < levels[by].names.size(); ++level)
      margin.levels.push_back({.level = levels[by].names[level], .invited = levels[by].invited[level]});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      WeightedLevel& level = margin.levels[levels[by].of[i]];
      ++level.answered;
      level.weighted += out.raked.weights[i] / static_cast<double>(rows.size());
    }
    out.margins.push_back(std::move(margin));
  }
  for (const AnswerColumn& column : columns)
    out.scores.push_back(weighted_score(column, table, rows, out.raked.weights));
  for (const IndexColumn& column : indices_of(table, columns, {}).columns)
    out.indices.push_back(index_of(column, rows, out.raked.weights));
  return out;
}

Result<SurveyWeights> survey_weights(warehouse::Client& client, Surveys& surveys, const Grant& grant,
                                     SurveyId id, const query::Filter& filter, const WeightWish& wish) {
  if (wish.by.empty() || wish.by.size() > kWeightByMax)
    return fail(Code::kBadField, "'by': 1 to {} of channel, unit, trait.KEY", kWeightByMax);
  CX_TRY(const auto invited, surveys.rounds().invited(grant, id, wish.by));
  CX_TRY(const auto survey, surveys.survey(grant, id));
  const auto columns = answer_columns(*survey);
  AnswersWanted wanted{.survey = id, .filter = filter, .keys = {}};
  for (const AnswerColumn& column : columns)
    if (!column.is_mean()) wanted.keys.push_back(column.key);
  CX_TRY(const auto table, answer_table(client, surveys, grant, wanted));
  return weigh(invited, table, columns, wish);
}

}  // namespace zhike::feedback
