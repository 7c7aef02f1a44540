#include "feedback/survey_indices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace zhike::feedback {
namespace {

constexpr std::string_view kExpected = "servqual_expected", kPerceived = "servqual_perceived",
                           kWeights = "servqual-weights";

constexpr std::array<std::string_view, 3> kPyramidKeys{"pyramid.needs", "pyramid.ease", "pyramid.delight"};
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// One statement, asked twice.
struct Pair {
  const AnswerColumn* perceived = nullptr;
  const AnswerColumn* expected = nullptr;
};

/// "empathy" and "attention" of "perceived-empathy.attention".
struct ItemName {
  std::string_view dimension, row;
};
ItemName name_of(const AnswerColumn& column) {
  const std::string_view key = column.key;
  const std::size_t dot = std::min(key.find('.'), key.size());
  const std::string_view question = key.substr(0, dot);
  const std::size_t dash = question.rfind('-');
  return {.dimension = dash == std::string_view::npos ? question : question.substr(dash + 1),
          .row = key.substr(std::min(dot + 1, key.size()))};
}

/// By dimension.
std::array<std::vector<Pair>, stats::kServqualDimensions> pairs_of(const std::vector<AnswerColumn>& columns) {
  std::array<std::vector<Pair>, stats::kServqualDimensions> out;
  for (const AnswerColumn& perceived : columns) {
    if (perceived.instrument != kPerceived || perceived.is_mean()) continue;
    const ItemName name = name_of(perceived);
    const auto expected = std::ranges::find_if(columns, [&](const AnswerColumn& at) {
      const ItemName other = name_of(at);
      return at.instrument == kExpected && !at.is_mean() && other.dimension == name.dimension &&
             other.row == name.row && at.least == perceived.least && at.most == perceived.most;
    });
    if (expected == columns.end()) continue;
    for (std::size_t d = 0; d < out.size(); ++d)
      if (to_string(static_cast<stats::ServqualDimension>(d)) == name.dimension)
        out[d].push_back({.perceived = &perceived, .expected = &*expected});
  }
  return out;
}

/// By respondent, one side of each pair.
std::vector<double> side_by_side(const AnswerTable& table, const std::vector<Pair>& order,
                                 const AnswerColumn* Pair::* side) {
  std::vector<const std::vector<double>*> values;
  for (const Pair& pair : order) values.push_back(&table.of((pair.*side)->key));
  std::vector<double> out;
  out.reserve(table.responses * order.size());
  for (std::size_t i = 0; i < table.responses; ++i)
    for (const auto* of : values) out.push_back((*of)[i]);
  return out;
}

/// By respondent, the importance of each dimension; none where the survey does not ask all five.
std::optional<std::vector<double>> own_weights(const AnswerTable& table,
                                               const std::vector<AnswerColumn>& columns) {
  std::vector<const std::vector<double>*> sides;
  for (std::size_t d = 0; d < stats::kServqualDimensions; ++d) {
    const AnswerColumn* column = find_column(
        columns, fmt::format("{}.{}", kWeights, to_string(static_cast<stats::ServqualDimension>(d))));
    if (column == nullptr || column->least < 0) return std::nullopt;
    sides.push_back(&table.of(column->key));
  }
  std::vector<double> out;
  for (std::size_t i = 0; i < table.responses; ++i)
    for (const auto* side : sides) out.push_back((*side)[i]);
  return out;
}

std::optional<ServqualIndex> servqual_of(const AnswerTable& table, const std::vector<AnswerColumn>& columns,
                                         const IndexWish& wish, std::vector<IndexColumn>& made) {
  const auto pairs = pairs_of(columns);
  ServqualIndex out;
  stats::ServqualAnswers answers;
  std::vector<Pair> order;
  for (std::size_t d = 0; d < pairs.size(); ++d) {
    answers.items_of[d] = pairs[d].size();
    order.insert(order.end(), pairs[d].begin(), pairs[d].end());
  }
  if (order.empty()) return std::nullopt;
  const auto perceptions = side_by_side(table, order, &Pair::perceived),
             expectations = side_by_side(table, order, &Pair::expected);
  std::vector<double> weights = wish.weights;
  out.weights = weights.empty() ? WeightsBy::kNone : WeightsBy::kGiven;
  if (auto own = own_weights(table, columns); own && weights.empty()) {
    weights = *std::move(own);
    out.weights = WeightsBy::kRespondents;
  }
  answers.perceptions = perceptions;
  answers.expectations = expectations;
  answers.weights = weights;
  out.found = stats::servqual(answers).value_or(stats::Servqual{});
  out.found.items.resize(order.size());
  for (const Pair& pair : order) out.items.push_back(*pair.perceived);
  const bool is_one_scale = std::ranges::all_of(out.items, [&](const AnswerColumn& at) {
    return at.least == out.items[0].least && at.most == out.items[0].most;
  });
  if (is_one_scale) {
    out.least = out.items[0].least;
    out.most = out.items[0].most;
  }
  auto rows = stats::servqual_rows(answers);
  double span = 0;  // a gap lies between minus and plus the widest scale
  for (const AnswerColumn& at : out.items) span = std::max(span, static_cast<double>(at.most - at.least));
  const auto add = [&](std::string key, std::vector<double> values) {
    made.push_back({.key = std::move(key), .least = -span, .most = span, .values = std::move(values)});
  };
  if (!rows) return out;
  add("servqual", std::move(rows->weighted));
  for (std::size_t d = 0; d < rows->dimensions.size(); ++d)
    if (answers.items_of[d] > 0)
      add(fmt::format("servqual.{}", to_string(static_cast<stats::ServqualDimension>(d))),
          std::move(rows->dimensions[d]));
  return out;
}

/// By response how far from full agreement, on average; NaN where none of the statements has an answer.
std::vector<double> shortfalls(const AnswerTable& table, const std::vector<const AnswerColumn*>& statements,
                               bool is_percent) {
  std::vector<double> sums(table.responses, 0), counts(table.responses, 0);
  for (const AnswerColumn* at : statements) {
    const std::vector<double>& values = table.of(at->key);
    const double unit = is_percent ? 100 / static_cast<double>(at->most - at->least) : 1;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i])) continue;
      sums[i] += unit * (static_cast<double>(at->most) - values[i]);
      ++counts[i];
    }
  }
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = counts[i] > 0 ? sums[i] / counts[i] : kNone;
  return sums;
}

std::vector<double> known(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  return values;
}

std::optional<GapIndex> gaps_of(const AnswerTable& table, const std::vector<AnswerColumn>& columns,
                                std::vector<IndexColumn>& made) {
  std::array<std::vector<const AnswerColumn*>, 5> statements;
  std::vector<const AnswerColumn*> all;
  for (const AnswerColumn& column : columns)
    for (std::size_t g = 0; g < statements.size(); ++g)
      if (!column.is_mean() && column.instrument == fmt::format("gap{}", g + 1)) {
        statements[g].push_back(&column);
        all.push_back(&column);
      }
  if (all.empty()) return std::nullopt;
  GapIndex out;
  out.is_percent = std::ranges::any_of(
      all, [&](const AnswerColumn* at) { return at->least != all[0]->least || at->most != all[0]->most; });
  std::array<std::vector<double>, 5> values;
  std::vector<stats::GapAnswers> answers;
  for (std::size_t g = 0; g < statements.size(); ++g) {
    const auto gap = static_cast<stats::ServiceGap>(g + 1);
    std::vector<double> rows = shortfalls(table, statements[g], out.is_percent);
    values[g] = known(rows);
    answers.push_back({.gap = gap, .shortfalls = values[g]});
    if (!statements[g].empty())
      made.push_back({.key = fmt::format("gap.{}", to_string(gap)),
                      .most = out.is_percent ? 100 : static_cast<double>(all[0]->most - all[0]->least),
                      .values = std::move(rows)});
  }
  out.found = stats::rank_gaps(answers, stats::kConfidence, stats::kRespondentsMin);
  return out;
}

std::optional<PyramidIndex> pyramid_of(const AnswerTable& table, const std::vector<AnswerColumn>& columns,
                                       const IndexWish& wish, std::vector<IndexColumn>& made) {
  static constexpr std::array<std::string_view, 3> kLevels{"pyramid_needs", "pyramid_ease",
                                                           "pyramid_delight"};
  PyramidIndex out;
  std::array<const std::vector<double>*, 3> values{};
  for (std::size_t l = 0; l < kLevels.size(); ++l) {
    const auto at = std::ranges::find_if(
        columns, [&](const AnswerColumn& one) { return one.instrument == kLevels[l] && !one.is_mean(); });
    if (at == columns.end()) return std::nullopt;
    out.columns[l] = *at;
    out.from[l] = wish.from[l].value_or(at->most - 1);
    values[l] = &table.of(at->key);
  }
  std::vector<stats::PyramidAnswer> answers;
  std::array<std::vector<double>, 3> rows;
  for (auto& row : rows) row.assign(table.responses, kNone);
  for (std::size_t i = 0; i < table.responses; ++i) {
    if (std::ranges::any_of(values, [&](const auto* of) { return std::isnan((*of)[i]); })) continue;
    const auto holds = [&](std::size_t l) { return (*values[l])[i] >= static_cast<double>(out.from[l]); };
    answers.push_back({.needs_met = holds(0), .easy = holds(1), .delight = holds(2)});
    bool all = true;  // a level counts only who has those below it too
    for (std::size_t l = 0; l < rows.size(); ++l) rows[l][i] = (all = all && holds(l)) ? 1 : 0;
  }
  out.found = stats::pyramid(answers);
  for (std::size_t l = 0; l < rows.size(); ++l)
    made.push_back(
        {.key = std::string(kPyramidKeys[l]), .measure = Measure::kShare, .values = std::move(rows[l])});
  return out;
}

bool is_of_an_index(const AnswerColumn& column) {
  return column.instrument.starts_with("servqual_") || column.instrument.starts_with("pyramid_") ||
         column.instrument.starts_with("gap") || column.key.starts_with(kWeights);
}

}  // namespace

std::string_view to_string(WeightsBy by) noexcept {
  switch (by) {
    case WeightsBy::kNone:
      return "none";
    case WeightsBy::kGiven:
      return "given";
    case WeightsBy::kRespondents:
      return "respondents";
  }
  return {};
}

SurveyIndices indices_of(const AnswerTable& table, const std::vector<AnswerColumn>& columns,
                         const IndexWish& wish) {
  SurveyIndices out{.responses = table.responses, .is_cut = table.is_cut};
  out.servqual = servqual_of(table, columns, wish, out.columns);
  out.gaps = gaps_of(table, columns, out.columns);
  out.pyramid = pyramid_of(table, columns, wish, out.columns);
  return out;
}

bool is_index_key(std::string_view key) noexcept {
  return key == "servqual" || key.starts_with("servqual.") || key.starts_with("gap.") ||
         key.starts_with("pyramid.");
}

std::vector<AnswerColumn> columns_of_indices(const Survey& survey) {
  auto columns = answer_columns(survey);
  std::erase_if(columns, [](const AnswerColumn& at) { return !is_of_an_index(at); });
  return columns;
}

Result<SurveyIndices> survey_indices(warehouse::Client& client, Surveys& surveys, const Grant& grant,
                                     SurveyId id, const query::Filter& filter, const IndexWish& wish) {
  CX_TRY(const auto survey, surveys.survey(grant, id));
  const auto columns = columns_of_indices(*survey);
  AnswersWanted wanted{.survey = id, .filter = filter, .keys = {}};
  for (const AnswerColumn& column : columns)
    if (!column.is_mean()) wanted.keys.push_back(column.key);
  if (wanted.keys.empty()) {
    CX_TRY(const AnswerCounts counts, answer_counts(client, surveys, grant, wanted));
    SurveyIndices out;
    out.responses = counts.responses;
    return out;
  }
  CX_TRY(const AnswerTable table, answer_table(client, surveys, grant, wanted));
  return indices_of(table, columns, wish);
}

}  // namespace zhike::feedback
