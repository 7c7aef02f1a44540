#include "feedback/benchmarks.h"

#include <fmt/format.h>

#include <algorithm>

#include "feedback/survey_indices.h"

namespace zhike::feedback {
namespace {

constexpr std::int64_t kDay = days(1).value;

Result<void> demand(const Grant& grant, Permission needed) {
  if (grant.may(needed)) return {};
  return fail(Code::kPermissionMissing, "{}", to_string(needed));
}

stats::Published published_of(const Benchmark& one, const Scale& scale) {
  stats::Published out{
      .value = one.value, .least = scale.min, .most = scale.max, .n = one.n, .spread = one.spread};
  if (scale.measure == Measure::kNps) out.least = -100, out.most = 100;
  if (scale.measure == Measure::kShare) out.least = 0, out.most = 1;
  return out;
}

}  // namespace

Result<void> Benchmarks::put(const Grant& grant, const std::vector<Benchmark>& benchmarks) {
  CX_TRY(demand(grant, Permission::kManageData));
  const Instant now = parts_.clock.now();
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    for (const Benchmark& one : benchmarks) {
      CX_TRY(tx.sql("INSERT INTO benchmarks (metric, period, source, from_day, to_day, value, n, spread, "
                    "actor, at) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (metric, period, source) "
                    "DO UPDATE "
                    "SET from_day = excluded.from_day, to_day = excluded.to_day, value = excluded.value, "
                    "n = excluded.n, spread = excluded.spread, actor = excluded.actor, at = excluded.at")
                 .bind(1, one.metric)
                 .bind(2, one.period)
                 .bind(3, one.source)
                 .bind(4, static_cast<std::int64_t>(one.from_day))
                 .bind(5, static_cast<std::int64_t>(one.to_day))
                 .bind(6, one.value)
                 .bind(7, one.n)
                 .bind(8, one.spread.value_or(-1))
                 .bind(9, grant.user)
                 .bind(10, now)
                 .run());
    }
    return parts_.audit.append(tx, {.seq = 0,
                                    .at = now,
                                    .actor = grant.user,
                                    .action = "benchmarks_imported",
                                    .target = "benchmarks",
                                    .detail = fmt::format("{}", benchmarks.size())});
  });
}

Result<void> Benchmarks::remove(const Grant& grant, const Benchmark& named) {
  CX_TRY(demand(grant, Permission::kManageData));
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto gone, tx.sql("DELETE FROM benchmarks WHERE metric = $1 AND period = $2 AND source = $3")
                                .bind(1, named.metric)
                                .bind(2, named.period)
                                .bind(3, named.source)
                                .run());
    if (gone == 0) return fail(Code::kNotFound, "{} {} {}", named.metric, named.period, named.source);
    return parts_.audit.append(tx,
                               {.seq = 0,
                                .at = parts_.clock.now(),
                                .actor = grant.user,
                                .action = "benchmark_removed",
                                .target = "benchmarks",
                                .detail = fmt::format("{} {} {}", named.metric, named.period, named.source)});
  });
}

Result<std::vector<Benchmark>> Benchmarks::list(const Grant& grant, std::string_view metric) {
  CX_TRY(demand(grant, Permission::kViewMetrics));
  std::vector<Benchmark> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    ledger::Statement& row =
        tx.sql(
              "SELECT metric, period, source, from_day, to_day, value, n, spread FROM benchmarks "
              "WHERE $1 = '' OR metric = $1 ORDER BY metric, to_day DESC, from_day DESC, source LIMIT $2")
            .bind(1, metric)
            .bind(2, static_cast<std::int64_t>(kBenchmarksMax));
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      Benchmark one{.metric = std::string(row.text(0)),
                    .period = std::string(row.text(1)),
                    .source = std::string(row.text(2)),
                    .from_day = static_cast<std::int32_t>(row.i64(3)),
                    .to_day = static_cast<std::int32_t>(row.i64(4)),
                    .value = row.real(5),
                    .n = row.u64(6)};
      if (row.real(7) >= 0) one.spread = row.real(7);
      out.push_back(std::move(one));
    }
  }));
  return out;
}

Result<std::vector<Compared>> Benchmarks::compare(const Grant& grant, std::string_view metric,
                                                  const query::Filter& filter) {
  CX_TRY(auto known, list(grant, metric));
  std::erase_if(known, [](const Benchmark& one) { return is_index_key(one.metric); });  // of one survey
  if (known.size() > kComparedMax) known.resize(kComparedMax);
  std::vector<Compared> out;
  for (Benchmark& one : known) {
    ScoreQuestion question{
        .filter = filter, .instrument = one.metric, .grain = query::Grain::kNone, .by = query::By::kNone};
    // Days as the clocks of the units show them, as in every question by days.
    question.filter.range = {filter.zone.to_instant(one.from_day * kDay),
                             filter.zone.to_instant((one.to_day + 1) * kDay)};
    question.filter.by_wall_clock = true;
    CX_TRY(const Scores own, scores(parts_.client, grant, question));
    Compared& made = out.emplace_back();
    made.measure = own.scale.measure;
    made.own = own.score;
    made.theirs = stats::published_interval(published_of(one, own.scale));
    if (own.score.enough && own.score.value && own.score.low && own.score.high)
      made.difference = stats::difference(*own.score.value, {.low = *own.score.low, .high = *own.score.high},
                                          one.value, made.theirs);
    made.benchmark = std::move(one);
  }
  return out;
}

}  // namespace zhike::feedback
