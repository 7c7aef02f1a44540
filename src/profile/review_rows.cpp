#include "profile/review_rows.h"

#include <array>
#include <cmath>

namespace zhike::profile::rows {

namespace json = boost::json;

namespace {

constexpr std::string_view kRunColumns =
    "id, state, actor, at, seconds, records, compared, labels, proposed, merged, model, error_code, "
    "error_detail, new_records";
constexpr std::string_view kPairColumns =
    "id, left_subject, right_subject, state, probability, doubt, detail, actor, at, version";

constexpr std::int64_t kHalf = 500'000'000;  ///< a probability of 0.5, in units of doubt

/// By PairOrder: what pairs are in the order of, and whether it rises. Whole numbers, as they stand in a
/// cursor.
constexpr std::string_view kProbability =
    "(CASE WHEN probability >= 0.5 THEN 500000000 + doubt ELSE 500000000 - doubt END)";
struct ByOrder {
  std::string_view key;
  bool rises;
};
constexpr std::array<ByOrder, 4> kOrders{
    {{"doubt", true}, {kProbability, false}, {kProbability, true}, {"at", false}}};

MatchRun run_of(const ledger::Statement& row) {
  MatchRun out{.id = row.u64(0),
               .state = static_cast<RunState>(row.i64(1)),
               .actor = {row.u64(2)},
               .at = {row.i64(3)},
               .seconds = row.real(4),
               .records = row.u64(5),
               .compared = row.real(6),
               .labels = row.u64(7),
               .proposed = row.u64(8),
               .merged = row.u64(9),
               .error_code = std::string(row.text(11)),
               .error_detail = std::string(row.text(12))};
  if (!row.is_null(13)) out.fresh = row.u64(13);
  if (!row.text(10).empty()) out.model = json::parse(row.text(10));
  return out;
}

Pair pair_of(const ledger::Statement& row) {
  return {.id = row.u64(0),
          .left = {row.u64(1)},
          .right = {row.u64(2)},
          .state = static_cast<PairState>(row.i64(3)),
          .probability = row.real(4),
          .doubt = row.i64(5),
          .detail = std::string(row.text(6)),
          .actor = {row.u64(7)},
          .at = {row.i64(8)},
          .version = row.u64(9)};
}

}  // namespace

std::int64_t doubt_of(double probability) {
  constexpr double kUnits = 1e9;
  return static_cast<std::int64_t>(std::abs(probability - 0.5) * kUnits);
}

query::Cursor cursor_of(const Pair& row, PairOrder order) {
  switch (order) {
    case PairOrder::kDoubt:
      return {.at = Instant{row.doubt}, .id = row.id};
    case PairOrder::kLikely:
    case PairOrder::kUnlikely:
      return {.at = Instant{kHalf + (row.probability >= 0.5 ? row.doubt : -row.doubt)}, .id = row.id};
    case PairOrder::kNewest:
      break;
  }
  return {.at = row.at, .id = row.id};
}

Result<std::vector<MatchRun>> runs(ledger::Tx& tx, std::size_t count_max) {
  ledger::Statement& row =
      tx.sql(fmt::format("SELECT {} FROM match_runs ORDER BY id DESC LIMIT $1", kRunColumns));
  row.bind(1, static_cast<std::uint64_t>(count_max));
  std::vector<MatchRun> out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.push_back(run_of(row));
  }
}

Result<void> insert(ledger::Tx& tx, const MatchRun& run) {
  ledger::Statement& insert = tx.sql(
      "INSERT INTO match_runs (id, state, actor, at, seconds, records, compared, labels, proposed, merged, "
      "model, error_code, error_detail) VALUES ($1, $2, $3, $4, 0, 0, 0, 0, 0, 0, '', '', '')");
  insert.bind(1, run.id).bind(2, static_cast<int>(run.state)).bind(3, run.actor).bind(4, run.at);
  CX_TRY(insert.run());
  return {};
}

Result<void> update(ledger::Tx& tx, const MatchRun& run) {
  ledger::Statement& update = tx.sql(
      "UPDATE match_runs SET state = $2, seconds = $3, records = $4, compared = $5, labels = $6, proposed = "
      "$7, "
      "merged = $8, model = $9, error_code = $10, error_detail = $11, new_records = $12 WHERE id = $1");
  if (run.fresh)
    update.bind(12, *run.fresh);
  else
    update.bind_null(12);
  update.bind(1, run.id).bind(2, static_cast<int>(run.state)).bind(3, run.seconds).bind(4, run.records);
  update.bind(5, run.compared).bind(6, run.labels).bind(7, run.proposed).bind(8, run.merged);
  update.bind(9, run.model.is_null() ? std::string() : json::serialize(run.model));
  CX_TRY(update.bind(10, run.error_code).bind(11, run.error_detail).run());
  return {};
}

Result<std::uint64_t> open_count(ledger::Tx& tx) {
  ledger::Statement& row = tx.sql("SELECT count(*) FROM match_pairs WHERE state = 0");
  CX_TRY(const bool there, row.step());
  return there ? row.u64(0) : 0;
}

Result<std::vector<Pair>> page(ledger::Tx& tx, PairState state, PairOrder order, const query::Cursor& before,
                               std::uint32_t count) {
  const auto& [key, rises] = kOrders[static_cast<std::size_t>(order)];
  const std::string_view way = rises ? "ASC" : "DESC";
  ledger::Statement& row = tx.sql(fmt::format(
      "SELECT {0} FROM match_pairs WHERE state = $1 AND ({1}, id) {2} ($2, $3) ORDER BY {1} {3}, id "
      "{3} LIMIT $4",
      kPairColumns, key, rises ? ">" : "<", way));
  static const query::Cursor first = *query::parse_cursor("");
  const query::Cursor from = rises && before == first ? query::Cursor{.at = {-1}, .id = 0} : before;
  // An id beyond what a BIGINT holds means: before everything.
  constexpr auto kIdMax = static_cast<std::uint64_t>(INT64_MAX);
  row.bind(1, static_cast<int>(state)).bind(2, from.at).bind(3, std::min(from.id, kIdMax));
  row.bind(4, static_cast<std::uint64_t>(count));
  std::vector<Pair> out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.push_back(pair_of(row));
  }
}

Result<std::vector<std::pair<double, bool>>> decided(ledger::Tx& tx) {
  ledger::Statement& row =
      tx.sql("SELECT probability, state FROM match_pairs WHERE state = $1 OR state = $2");
  row.bind(1, static_cast<int>(PairState::kAccepted)).bind(2, static_cast<int>(PairState::kRejected));
  std::vector<std::pair<double, bool>> out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.emplace_back(row.real(0), static_cast<PairState>(row.i64(1)) == PairState::kAccepted);
  }
}

Result<Pair> find(ledger::Tx& tx, std::uint64_t id) {
  ledger::Statement& row = tx.sql(fmt::format("SELECT {} FROM match_pairs WHERE id = $1", kPairColumns));
  CX_TRY(const bool there, row.bind(1, id).step());
  if (!there) return fail(Code::kNotFound, "pair {}", id);
  return pair_of(row);
}

Result<void> set_state(ledger::Tx& tx, const Pair& row) {
  ledger::Statement& update =
      tx.sql("UPDATE match_pairs SET state = $2, actor = $3, at = $4, version = $5 WHERE id = $1");
  update.bind(1, row.id).bind(2, static_cast<int>(row.state)).bind(3, row.actor);
  CX_TRY(update.bind(4, row.at).bind(5, row.version).run());
  return {};
}

Result<void> propose(ledger::Tx& tx, const Pair& pair, std::uint64_t run) {
  ledger::Statement& insert = tx.sql(
      "INSERT INTO match_pairs (id, left_subject, right_subject, run, state, probability, doubt, detail, "
      "actor, "
      "at, version) SELECT coalesce(max(id), 0) + 1, $1, $2, $3, 0, $4, $5, $6, 0, $7, 0 FROM match_pairs "
      "WHERE 1 = 1 ON CONFLICT (left_subject, right_subject) DO UPDATE SET run = excluded.run, probability = "
      "excluded.probability, doubt = excluded.doubt, detail = excluded.detail WHERE match_pairs.state = 0");
  insert.bind(1, pair.left).bind(2, pair.right).bind(3, run).bind(4, pair.probability);
  CX_TRY(insert.bind(5, doubt_of(pair.probability)).bind(6, pair.detail).bind(7, pair.at).run());
  return {};
}

Result<void> drop_older(ledger::Tx& tx, std::uint64_t run,
                        const std::function<bool(SubjectId, SubjectId)>& is_kept) {
  std::vector<std::uint64_t> dropped;
  {
    ledger::Statement& row =
        tx.sql("SELECT id, left_subject, right_subject FROM match_pairs WHERE state = 0 AND run < $1");
    row.bind(1, run);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      if (!is_kept({row.u64(1)}, {row.u64(2)})) dropped.push_back(row.u64(0));
    }
  }
  for (const std::uint64_t id : dropped)
    CX_TRY(tx.sql("DELETE FROM match_pairs WHERE id = $1").bind(1, id).run());
  return {};
}

std::string detail_text(double prior, const std::vector<PairStep>& steps) {
  json::array out;
  for (const PairStep& step : steps)
    out.push_back(json::object{{"column", step.column},
                               {"left", step.left},
                               {"right", step.right},
                               {"level", step.level},
                               {"weight", step.weight}});
  return json::serialize(json::object{{"prior", prior}, {"steps", std::move(out)}});
}

ReviewPair detail_of(const Pair& row) {
  ReviewPair out{
      .id = row.id, .state = row.state, .probability = row.probability, .actor = row.actor, .at = row.at};
  const json::value detail = json::parse(row.detail);
  out.prior = detail.at("prior").to_number<double>();
  for (const json::value& step : detail.at("steps").as_array())
    out.steps.push_back({.column = std::string(step.at("column").as_string()),
                         .left = std::string(step.at("left").as_string()),
                         .right = std::string(step.at("right").as_string()),
                         .level = std::string(step.at("level").as_string()),
                         .weight = step.at("weight").to_number<double>()});
  return out;
}

}  // namespace zhike::profile::rows
