#include "feedback/answer_columns.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <utility>

#include "feedback/sql.h"
#include "query/prepare.h"

namespace zhike::feedback {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

bool is_number(QuestionKind kind) {
  return kind == QuestionKind::kNps || kind == QuestionKind::kStars || kind == QuestionKind::kScale;
}

std::vector<std::string> properties_of(const std::vector<std::string>& keys) {
  std::vector<std::string> out;
  for (const std::string& key : keys) out.push_back("answer." + key);
  return out;
}

/// Only responses of the survey: those that its own source holds. None: no answer has arrived.
Result<std::optional<query::Prepared>> prepared(Surveys& surveys, const Grant& grant,
                                                const AnswersWanted& wanted, std::string_view sql) {
  CX_TRY(const auto source, surveys.source(grant, wanted.survey));
  if (!source) return std::nullopt;
  query::Filter filter = wanted.filter;
  filter.where = query::all({std::move(filter.where), query::is(query::Field::kSource, {source->str()})});
  CX_TRY(query::Prepared out, query::prepare(grant, Permission::kViewMetrics, filter, sql));
  out.params.set("keys", properties_of(wanted.keys));
  return std::optional(std::move(out));
}

/// Which numbers of which version are on the scale that the newest version has.
class Comparable {
 public:
  Comparable(Surveys& surveys, const Grant& grant, const AnswersWanted& wanted)
      : surveys_(surveys), grant_(grant), wanted_(wanted) {}

  Result<void> open() {
    CX_TRY(const auto newest, surveys_.survey(grant_, wanted_.survey));
    newest_ = places(*newest);
    return {};
  }
  /// By key: its scale where answers of `version` are on it.
  Result<const std::vector<std::optional<stats::Interval>>*> scales(std::uint32_t version) {
    if (const auto at = known_.find(version); at != known_.end()) return &at->second;
    std::vector<std::optional<stats::Interval>> out = newest_;
    const auto survey = surveys_.survey(grant_, wanted_.survey, version);
    if (!survey && survey.error().code != Code::kUnknownSurvey) return std::unexpected(survey.error());
    const auto then = survey ? places(**survey) : std::vector<std::optional<stats::Interval>>(out.size());
    for (std::size_t k = 0; k < out.size(); ++k)
      if (then[k] != out[k]) out[k].reset();
    return &known_.emplace(version, std::move(out)).first->second;
  }

 private:
  [[nodiscard]] std::vector<std::optional<stats::Interval>> places(const Survey& survey) const {
    std::map<std::string, stats::Interval, std::less<>> scales;
    for (const AnswerColumn& column : answer_columns(survey))
      if (!column.is_mean())
        scales.emplace(column.key,
                       stats::Interval{static_cast<double>(column.least), static_cast<double>(column.most)});
    std::vector<std::optional<stats::Interval>> out;
    for (const std::string& key : wanted_.keys) {
      const auto at = scales.find(key);
      out.push_back(at == scales.end() ? std::nullopt : std::optional(at->second));
    }
    return out;
  }

  Surveys& surveys_;
  const Grant& grant_;
  const AnswersWanted& wanted_;
  std::vector<std::optional<stats::Interval>> newest_;
  std::map<std::uint32_t, std::vector<std::optional<stats::Interval>>> known_;
};

double counted(const boost::json::value& cell, const std::optional<stats::Interval>& scale) {
  if (!scale) return kNone;
  const double value = warehouse::as_double(cell);
  return value >= scale->low && value <= scale->high ? value : kNone;  // NaN is neither
}

}  // namespace

std::vector<AnswerColumn> answer_columns(const Survey& survey) {
  std::vector<AnswerColumn> out;
  for (const Page& page : survey.pages)
    for (const Question& question : page.questions) {
      const bool is_matrix = question.kind == QuestionKind::kMatrix;
      if (!is_matrix && !is_number(question.kind)) continue;
      AnswerColumn whole{.key = question.id,
                         .text = question.text,
                         .of = {},
                         .kind = question.kind,
                         .instrument = question.instrument,
                         .least = question.least,
                         .most = question.most,
                         .items = {}};
      std::vector<AnswerColumn> rows;
      for (const Choice& row : question.rows) {
        AnswerColumn one = whole;
        one.key = question.id + "." + row.id;
        one.text = row.text;
        one.of = question.text;
        one.items = {one.key};
        whole.items.push_back(one.key);
        rows.push_back(std::move(one));
      }
      if (!is_matrix) whole.items = {whole.key};
      if (whole.items.empty()) continue;
      out.push_back(std::move(whole));
      std::ranges::move(rows, std::back_inserter(out));
    }
  return out;
}

const AnswerColumn* find_column(const std::vector<AnswerColumn>& columns, std::string_view key) {
  const auto at = std::ranges::find(columns, key, &AnswerColumn::key);
  return at == columns.end() ? nullptr : &*at;
}

const std::vector<double>& AnswerTable::of(std::string_view key) const {
  const auto at = std::ranges::find(keys, key);
  cx_check(at != keys.end(), "a key that was asked for");
  return columns[static_cast<std::size_t>(at - keys.begin())];
}

std::vector<double> AnswerTable::of(const AnswerColumn& column) const {
  std::vector<double> out(responses, 0);
  for (const std::string& item : column.items) {
    const std::vector<double>& values = of(item);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] += values[i] / static_cast<double>(column.items.size());
  }
  return out;
}

Result<AnswerTable> answer_table(warehouse::Client& client, Surveys& surveys, const Grant& grant,
                                 const AnswersWanted& wanted) {
  AnswerTable out{.keys = wanted.keys, .columns = {}};
  out.columns.resize(wanted.keys.size());
  CX_TRY(auto query, prepared(surveys, grant, wanted, sql::kResponses));
  if (!query) return out;
  query->params
      .set("rows", kResponsesMax + 1)  // one more tells whether there are more
      .set("grain", query::to_string(wanted.grain))
      .set("by", query::to_string(wanted.by));
  CX_TRY(const warehouse::Table table, client.select(query->query()));
  Comparable comparable(surveys, grant, wanted);
  CX_TRY(comparable.open());
  for (const auto& cells : table.rows) {
    if (out.responses == kResponsesMax) {
      out.is_cut = true;
      break;
    }
    CX_TRY(const auto* scales, comparable.scales(static_cast<std::uint32_t>(warehouse::as_u64(cells[1]))));
    const boost::json::array& answers = cells[2].get_array();
    for (std::size_t k = 0; k < wanted.keys.size(); ++k)
      out.columns[k].push_back(counted(answers[k], (*scales)[k]));
    out.times.push_back({warehouse::as_i64(cells[0])});
    out.customers.push_back({warehouse::as_u64(cells[3])});
    out.buckets.push_back(static_cast<std::int32_t>(warehouse::as_i64(cells[4])));
    out.groups.push_back(warehouse::as_text(cells[5]));
    ++out.responses;
  }
  return out;
}

Result<AnswerCounts> answer_counts(warehouse::Client& client, Surveys& surveys, const Grant& grant,
                                   const AnswersWanted& wanted) {
  AnswerCounts out{.responses = 0, .answers = std::vector<std::uint64_t>(wanted.keys.size(), 0)};
  CX_TRY(const auto query, prepared(surveys, grant, wanted, sql::kAnswerCounts));
  if (!query) return out;
  CX_TRY(const warehouse::Table table, client.select(query->query()));
  if (table.rows.empty()) return out;
  out.responses = warehouse::as_u64(table.rows[0][0]);
  const boost::json::array& answers = table.rows[0][1].get_array();
  for (std::size_t k = 0; k < answers.size() && k < out.answers.size(); ++k)
    out.answers[k] = warehouse::as_u64(answers[k]);
  return out;
}

}  // namespace zhike::feedback
