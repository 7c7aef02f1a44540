#include "feedback/survey_drivers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace zhike::feedback {
namespace {

constexpr int kResamples = 1000, kResamplesMin = 200;
constexpr double kDrawBudget = 2e8;  // multiplications: about a second
constexpr std::uint64_t kRowsMin = 30, kRowsForDriver = 10, kAmpleRows = 50, kAmpleForDriver = 8;

/// "staff" of "staff.polite"; of anything else nothing.
std::string_view matrix_of(const AnswerColumn& column) {
  if (column.kind != QuestionKind::kMatrix) return {};
  return std::string_view(column.key).substr(0, column.key.find('.'));
}

const AnswerColumn* usual_outcome(const std::vector<AnswerColumn>& columns) {
  for (const std::string_view instrument : {"nps", "csat", "ces"})
    for (const AnswerColumn& column : columns)
      if (column.instrument == instrument && !column.is_mean()) return &column;
  const auto single = std::ranges::find_if(columns, [](const AnswerColumn& at) { return !at.is_mean(); });
  return single == columns.end() ? nullptr : &*single;
}

std::vector<std::string> usual_drivers(const std::vector<AnswerColumn>& columns,
                                       const AnswerColumn& outcome) {
  std::vector<std::string> singles, short_list;
  const std::string_view own = matrix_of(outcome);
  for (const AnswerColumn& column : columns) {
    if (column.key == outcome.key || (!own.empty() && matrix_of(column) == own)) continue;
    if (!column.is_mean()) singles.push_back(column.key);
    if (column.is_mean() || column.kind != QuestionKind::kMatrix) short_list.push_back(column.key);
  }
  std::vector<std::string> out = singles.size() <= kSingleDriversMax ? singles : short_list;
  if (out.size() > kDriversMax) out.resize(kDriversMax);
  return out;
}

/// The outcome, then the drivers.
Result<std::vector<AnswerColumn>> chosen(const Survey& survey, const DriverChoice& choice) {
  const auto columns = answer_columns(survey);
  const AnswerColumn* outcome =
      choice.outcome.empty() ? usual_outcome(columns) : find_column(columns, choice.outcome);
  if (outcome == nullptr && choice.outcome.empty())
    return fail(Code::kBadDrivers, "the survey has no question that a number answers");
  if (outcome == nullptr) return fail(Code::kBadField, "'outcome': {} is no column", choice.outcome);
  const auto keys = choice.drivers.empty() ? usual_drivers(columns, *outcome) : choice.drivers;
  if (keys.empty())
    return fail(Code::kBadDrivers, "the survey has no second question that a number answers, beside {}",
                outcome->key);
  if (keys.size() > kDriversMax) return fail(Code::kBadField, "'drivers': more than {}", kDriversMax);
  std::vector<AnswerColumn> out{*outcome};
  std::set<std::string> taken(outcome->items.begin(), outcome->items.end());
  for (const std::string& key : keys) {
    const AnswerColumn* column = find_column(columns, key);
    if (column == nullptr) return fail(Code::kBadField, "'drivers': {} is no column", key);
    for (const std::string& item : column->items)
      if (!taken.insert(item).second)
        return fail(Code::kBadField, "'drivers': {} is there already, as outcome, row or mean", item);
    out.push_back(*column);
  }
  return out;
}

/// Says which column costs most of the responses.
std::unexpected<Error> too_few(const AnswerTable& table, const std::vector<AnswerColumn>& columns,
                               std::uint64_t complete) {
  std::string_view rarest;
  std::uint64_t fewest = table.responses + 1;
  for (const AnswerColumn& column : columns) {
    const auto values = table.of(column);
    const auto n =
        static_cast<std::uint64_t>(std::ranges::count_if(values, [](double v) { return !std::isnan(v); }));
    if (n < fewest) {
      fewest = n;
      rarest = column.key;
    }
  }
  const std::size_t drivers = columns.size() - 1;
  return fail(Code::kTooFewRows,
              "{} of {} responses answer the outcome and all {} drivers; {} are needed; fewest answer {}: {}",
              complete, table.responses, drivers, responses_needed(drivers), rarest, fewest);
}

struct Rows {
  std::vector<std::vector<double>> values;              // by column, complete responses
  std::vector<std::vector<std::vector<double>>> items;  // by column and item
};

Rows complete_rows(const AnswerTable& table, const std::vector<AnswerColumn>& columns) {
  Rows out;
  std::vector<std::vector<double>> all;
  for (const AnswerColumn& column : columns) all.push_back(table.of(column));
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < table.responses; ++i)
    if (std::ranges::none_of(all, [&](const std::vector<double>& values) { return std::isnan(values[i]); }))
      kept.push_back(i);
  const auto take = [&](const std::vector<double>& from) {
    std::vector<double> values;
    values.reserve(kept.size());
    for (const std::size_t i : kept) values.push_back(from[i]);
    return values;
  };
  for (std::size_t c = 0; c < columns.size(); ++c) {
    out.values.push_back(take(all[c]));
    out.items.emplace_back();
    if (columns[c].items.size() > 1)
      for (const std::string& item : columns[c].items) out.items[c].push_back(take(table.of(item)));
  }
  return out;
}

std::optional<stats::Reliability> alpha_of(const std::vector<std::vector<double>>& items) {
  if (items.empty()) return std::nullopt;
  const std::vector<std::span<const double>> spans(items.begin(), items.end());
  return stats::cronbach(spans);
}

void to_percent(std::vector<double>& values, const AnswerColumn& column) {
  for (double& value : values)
    value =
        100 * (value - static_cast<double>(column.least)) / static_cast<double>(column.most - column.least);
}

}  // namespace

std::optional<DriverChoice> usual_choice(const std::vector<AnswerColumn>& columns) {
  const AnswerColumn* outcome = usual_outcome(columns);
  if (outcome == nullptr) return std::nullopt;
  DriverChoice out{.outcome = outcome->key, .drivers = usual_drivers(columns, *outcome)};
  return out.drivers.empty() ? std::nullopt : std::optional(std::move(out));
}

int driver_resamples(std::size_t rows, std::size_t drivers) {
  const double width = static_cast<double>(drivers) + 1;
  const double draws = kDrawBudget / (static_cast<double>(rows) * width * (width + 1) / 2);
  return static_cast<int>(
      std::clamp(draws, static_cast<double>(kResamplesMin), static_cast<double>(kResamples)));
}
std::uint64_t responses_needed(std::size_t drivers) { return std::max(kRowsMin, kRowsForDriver * drivers); }
std::uint64_t responses_ample(std::size_t drivers) { return kAmpleRows + kAmpleForDriver * drivers; }

Result<SurveyDrivers> drivers_of(const AnswerTable& table, const std::vector<AnswerColumn>& columns) {
  Rows rows = complete_rows(table, columns);
  const std::size_t drivers = columns.size() - 1, complete = rows.values[0].size();
  if (complete < responses_needed(drivers)) return too_few(table, columns, complete);
  SurveyDrivers out{.outcome = columns[0],
                    .drivers = {columns.begin() + 1, columns.end()},
                    .reliability = {},
                    .responses = table.responses,
                    .complete = complete,
                    .is_cut = table.is_cut,
                    .is_percent = false,
                    .resamples = driver_resamples(complete, drivers),
                    .found = {}};
  out.is_percent = std::ranges::any_of(out.drivers, [&](const AnswerColumn& at) {
    return at.least != out.drivers[0].least || at.most != out.drivers[0].most;
  });
  stats::Design design{.target = {columns[0].key, rows.values[0]}, .drivers = {}};
  for (std::size_t c = 1; c < columns.size(); ++c) {
    out.reliability.push_back(alpha_of(rows.items[c]));
    if (out.is_percent) to_percent(rows.values[c], columns[c]);
    design.drivers.push_back({columns[c].key, rows.values[c]});
  }
  CX_TRY(out.found, stats::analyse_drivers(
                        design, {.bootstrap = {.resamples = out.resamples}, .is_on_one_scale = true}));
  return out;
}

Result<SurveyDrivers> survey_drivers(warehouse::Client& client, Surveys& surveys, const Grant& grant,
                                     SurveyId id, const query::Filter& filter, const DriverChoice& choice) {
  CX_TRY(const auto survey, surveys.survey(grant, id));
  CX_TRY(const auto columns, chosen(*survey, choice));
  AnswersWanted wanted{.survey = id, .filter = filter, .keys = {}};
  for (const AnswerColumn& column : columns)
    wanted.keys.insert(wanted.keys.end(), column.items.begin(), column.items.end());
  CX_TRY(const AnswerTable table, answer_table(client, surveys, grant, wanted));
  return drivers_of(table, columns);
}

}  // namespace zhike::feedback
