#include "feedback/feedback.h"

#include <algorithm>
#include <map>

#include "feedback/sql.h"
#include "query/prepare.h"
#include "stats/interval.h"

namespace zhike::feedback {

namespace {

constexpr std::uint64_t kEnoughAnswers = 10;
constexpr std::size_t kGroupsMax = 50;

struct Row {
  std::string instrument;
  std::int32_t bucket = 0;
  std::string group;
  double score = 0;
  std::uint64_t n = 0;
};

/// Everything about a set of answers that its measures need.
struct Tally {
  stats::NpsCounts nps;
  stats::Share best;
  stats::Moments moments;

  void add(double score, std::uint64_t count, double best_from) {
    const double n = static_cast<double>(count);
    (score >= 9 ? nps.promoters : score > 6 ? nps.passives : nps.detractors) += count;
    best.n += count;
    if (score >= best_from) best.hits += count;
    moments.n += count;
    moments.sum += n * score;
    moments.sum_squares += n * score * score;
  }

  [[nodiscard]] Score score(Measure measure) const {
    Score out{.value = {}, .low = {}, .high = {}, .n = moments.n, .enough = moments.n >= kEnoughAnswers};
    if (!out.enough) return out;
    std::optional<stats::Interval> interval;
    switch (measure) {
      case Measure::kNps:
        out.value = stats::nps(nps);
        interval = stats::nps_interval(nps);
        break;
      case Measure::kShare:
        out.value = best.value();
        interval = stats::wilson(best);
        break;
      case Measure::kMean:
        out.value = moments.mean();
        interval = stats::mean_interval(moments);
        break;
    }
    if (interval) {
      out.low = interval->low;
      out.high = interval->high;
    }
    return out;
  }
};

Result<std::vector<Row>> ask(warehouse::Client& client, const Grant& grant, const ScoreQuestion& question,
                             std::string_view instrument, query::Grain grain, query::By by) {
  CX_TRY(query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, question.filter, sql::kScores));
  prepared.params.set("instrument", instrument)
      .set("grain", query::to_string(grain))
      .set("by", query::to_string(by));
  CX_TRY(const warehouse::Table table, client.select(prepared.query()));
  std::vector<Row> out;
  for (const auto& cells : table.rows) {
    const auto day = parse_time(warehouse::as_text(cells[1]), Zone::utc());
    out.push_back({.instrument = warehouse::as_text(cells[0]),
                   .bucket = day ? utc_day(*day) : 0,
                   .group = warehouse::as_text(cells[2]),
                   .score = warehouse::as_double(cells[3]),
                   .n = warehouse::as_u64(cells[4])});
  }
  return out;
}

std::vector<InstrumentUse> uses(const std::vector<Row>& rows) {
  std::map<std::string, std::uint64_t> answers;
  for (const Row& row : rows) answers[row.instrument] += row.n;
  std::vector<InstrumentUse> out;
  for (const auto& [instrument, n] : answers) out.push_back({.instrument = instrument, .answers = n});
  std::ranges::sort(out, [](const InstrumentUse& a, const InstrumentUse& b) {
    return a.answers != b.answers ? a.answers > b.answers : a.instrument < b.instrument;
  });
  return out;
}

std::string chosen(const std::string& asked, const std::vector<InstrumentUse>& used) {
  if (!asked.empty()) return asked;
  if (used.empty() || std::ranges::count(used, "nps", &InstrumentUse::instrument) > 0) return "nps";
  return used.front().instrument;
}

Scale scale_for(std::string_view instrument, const std::vector<Bin>& bins) {
  if (const auto known = scale_of(instrument)) return *known;
  if (bins.empty()) return {};
  return {.measure = Measure::kMean, .min = bins.front().score, .max = bins.back().score};
}

void fill_series(Scores& out, const std::vector<Row>& rows, const query::Filter& filter, double best_from) {
  std::map<std::int32_t, Tally> tallies;
  for (const Row& row : rows) tallies[row.bucket].add(row.score, row.n, best_from);
  for (const std::int32_t day : query::buckets(filter, out.grain))
    out.series.push_back({.at = filter.zone.to_instant(std::int64_t{day} * 86'400'000),
                          .score = tallies[day].score(out.scale.measure)});
}

void fill_groups(Scores& out, const std::vector<Row>& rows, double best_from) {
  std::map<std::string, Tally> tallies;
  for (const Row& row : rows)
    if (!row.group.empty()) tallies[row.group].add(row.score, row.n, best_from);
  for (const auto& [key, tally] : tallies)
    out.groups.push_back({.key = key, .score = tally.score(out.scale.measure)});
  std::ranges::sort(out.groups, [](const ScoreGroup& a, const ScoreGroup& b) {
    return a.score.n != b.score.n ? a.score.n > b.score.n : a.key < b.key;
  });
  if (out.groups.size() > kGroupsMax) out.groups.resize(kGroupsMax);
}

}  // namespace

std::string_view to_string(Measure measure) noexcept {
  switch (measure) {
    case Measure::kNps:
      return "nps";
    case Measure::kShare:
      return "share";
    case Measure::kMean:
      return "mean";
  }
  return {};
}

std::optional<Scale> scale_of(std::string_view instrument) noexcept {
  if (instrument == "nps") return Scale{Measure::kNps, 0, 10};
  if (instrument == "csat") return Scale{Measure::kShare, 1, 5};
  if (instrument == "ces") return Scale{Measure::kMean, 1, 5};
  if (instrument == "review") return Scale{Measure::kMean, 1, 5};
  return std::nullopt;
}

Result<Scores> scores(warehouse::Client& client, const Grant& grant, const ScoreQuestion& question) {
  CX_TRY(const auto all, ask(client, grant, question, "", query::Grain::kNone, query::By::kNone));
  Scores out{.instrument = {},
             .scale = {},
             .grain = question.grain,
             .score = {},
             .mean = {},
             .distribution = {},
             .series = {},
             .groups = {},
             .instruments = uses(all)};
  out.instrument = chosen(question.instrument, out.instruments);
  for (const Row& row : all)
    if (row.instrument == out.instrument) out.distribution.push_back({.score = row.score, .count = row.n});
  out.scale = scale_for(out.instrument, out.distribution);
  const double best_from = out.scale.max - 1;
  Tally whole;
  for (const Bin& bin : out.distribution) whole.add(bin.score, bin.count, best_from);
  out.score = whole.score(out.scale.measure);
  if (out.score.enough) out.mean = whole.moments.mean();
  if (out.scale.measure == Measure::kNps) {
    out.promoters = whole.nps.promoters;
    out.passives = whole.nps.passives;
    out.detractors = whole.nps.detractors;
  }
  if (question.grain != query::Grain::kNone) {
    CX_TRY(const auto by_time,
           ask(client, grant, question, out.instrument, question.grain, query::By::kNone));
    fill_series(out, by_time, question.filter, best_from);
  }
  if (question.by != query::By::kNone) {
    CX_TRY(const auto by_group,
           ask(client, grant, question, out.instrument, query::Grain::kNone, question.by));
    fill_groups(out, by_group, best_from);
  }
  return out;
}

namespace {

Verbatim read_verbatim(const boost::json::array& cells) {
  Verbatim out{.event_id = warehouse::as_u64(cells[0]),
               .at = {warehouse::as_i64(cells[1])},
               .customer = {warehouse::as_u64(cells[2])},
               .name = {},
               .channel = warehouse::as_text(cells[3]),
               .touchpoint = warehouse::as_text(cells[4]),
               .stage = warehouse::as_text(cells[5]),
               .unit = warehouse::as_text(cells[6]),
               .instrument = warehouse::as_text(cells[7]),
               .score = {},
               .text = warehouse::as_text(cells[9])};
  if (!cells[8].is_null()) out.score = warehouse::as_double(cells[8]);
  return out;
}

}  // namespace

Result<VerbatimPage> verbatims(warehouse::Client& client, const NameOf& name_of, const Grant& grant,
                               const query::Filter& filter, const query::Cursor& before,
                               std::uint32_t count) {
  if (count == 0 || count > query::kPageMax) return fail(Code::kBadFilter, "1 to {} items", query::kPageMax);
  CX_TRY(query::Prepared prepared,
         query::prepare(grant, Permission::kViewCustomers, filter, sql::kVerbatims));
  // One more than asked tells whether there is a next page.
  prepared.params.set("before_at", before.at)
      .set("before_id", before.id)
      .set("rows", std::uint64_t{count} + 1);
  CX_TRY(const warehouse::Table table, client.select(prepared.query()));
  VerbatimPage out;
  std::map<CustomerId, std::string> names;
  for (const auto& cells : table.rows) {
    if (out.items.size() == count) {
      out.next = query::Cursor{.at = out.items.back().at, .id = out.items.back().event_id};
      break;
    }
    Verbatim item = read_verbatim(cells);
    const auto [name, is_new] = names.try_emplace(item.customer);
    if (is_new) {
      CX_TRY(name->second, name_of(item.customer));
    }
    item.name = name->second;
    out.items.push_back(std::move(item));
  }
  return out;
}

}  // namespace zhike::feedback
