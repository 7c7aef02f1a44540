#include "desk/satisfaction.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <tuple>

#include "desk/sql.h"
#include "query/prepare.h"
#include "stats/interval.h"

namespace zhike::desk {
namespace {

struct Pair {
  double before = 0, after = 0;
};

/// The last score within `longest` before `at`; the first within it after. Null: none.
const ScoredAt* last_before(const std::vector<ScoredAt>& scores, const std::string& instrument, Instant at) {
  const ScoredAt* out = nullptr;
  for (const ScoredAt& one : scores)
    if (one.instrument == instrument && one.at < at && at - one.at <= kBefore) out = &one;
  return out;
}
const ScoredAt* first_after(const std::vector<ScoredAt>& scores, const std::string& instrument, Instant at) {
  for (const ScoredAt& one : scores)
    if (one.instrument == instrument && one.at > at && one.at - at <= kAfter) return &one;
  return nullptr;
}

RecoverySatisfaction summed(const std::string& instrument, const std::vector<Pair>& pairs) {
  RecoverySatisfaction out;
  out.instrument = instrument;
  out.pairs = pairs.size();
  std::vector<double> differences;
  for (const Pair& pair : pairs) {
    out.before += pair.before;
    out.after += pair.after;
    differences.push_back(pair.after - pair.before);
  }
  const auto n = static_cast<double>(pairs.size());
  out.before /= n;
  out.after /= n;
  const stats::Moments moments = stats::moments(differences);
  out.difference = moments.mean();
  if (const auto interval = stats::mean_interval(moments)) {
    out.low = interval->low;
    out.high = interval->high;
  }
  return out;
}

}  // namespace

std::vector<RecoverySatisfaction> compare_scores(const std::vector<Recovered>& recovered) {
  std::map<std::string, std::vector<Pair>> pairs;
  for (const Recovered& one : recovered) {
    std::set<std::string> instruments;
    for (const ScoredAt& score : one.scores) instruments.insert(score.instrument);
    for (const std::string& instrument : instruments) {
      const ScoredAt* before = last_before(one.scores, instrument, one.opened);
      const ScoredAt* after = first_after(one.scores, instrument, one.resolved);
      if (before != nullptr && after != nullptr) pairs[instrument].push_back({before->score, after->score});
    }
  }
  std::vector<RecoverySatisfaction> out;
  for (const auto& [instrument, of] : pairs) out.push_back(summed(instrument, of));
  std::ranges::sort(out, [](const RecoverySatisfaction& a, const RecoverySatisfaction& b) {
    return std::tie(b.pairs, a.instrument) < std::tie(a.pairs, b.instrument);
  });
  return out;
}

Result<Satisfactions> satisfaction_after(warehouse::Client& client, const Grant& grant,
                                         const std::vector<Complaint>& complaints,
                                         const std::vector<CustomerId>& customers) {
  Satisfactions out;
  std::vector<std::size_t> wanted;
  for (std::size_t i = complaints.size(); i-- > 0;)
    if (complaints[i].resolved && customers[i].is_set()) wanted.push_back(i);
  if (wanted.size() > kSatisfiedMax) {
    wanted.resize(kSatisfiedMax);
    out.is_cut = true;
  }
  if (wanted.empty()) return out;
  std::set<std::uint64_t> who;
  query::Filter filter{.range = {.from = complaints[wanted.front()].opened, .to = {}}};
  for (const std::size_t i : wanted) {
    who.insert(customers[i].value);
    filter.range.from = std::min(filter.range.from, complaints[i].opened - kBefore);
    filter.range.to = std::max(filter.range.to, *complaints[i].resolved + kAfter + Millis{1});
  }
  CX_TRY(query::Prepared asked, query::prepare(grant, query::viewing(grant), filter, sql::kCustomerScores));
  asked.params.set("customers", std::vector<std::uint64_t>(who.begin(), who.end()));
  CX_TRY(const warehouse::Table table, client.select(asked.query()));
  std::map<std::uint64_t, std::vector<ScoredAt>> scores;
  for (const auto& row : table.rows)
    scores[warehouse::as_u64(row[0])].push_back(
        {warehouse::as_text(row[2]), Instant{warehouse::as_i64(row[1])}, warehouse::as_double(row[3])});
  // Of several complaints with the same first answer after them the last was the one it follows.
  std::set<std::pair<std::uint64_t, std::int64_t>> taken;
  std::ranges::sort(wanted, [&](std::size_t a, std::size_t b) {
    return std::tie(*complaints[b].resolved, b) < std::tie(*complaints[a].resolved, a);
  });
  std::vector<Recovered> recovered;
  for (const std::size_t i : wanted) {
    const auto found = scores.find(customers[i].value);
    if (found == scores.end()) continue;
    Recovered one{.opened = complaints[i].opened, .resolved = *complaints[i].resolved, .scores = {}};
    for (const ScoredAt& score : found->second) {
      const bool is_after = score.at > one.resolved;
      if (is_after && taken.contains({customers[i].value, score.at.ms})) continue;
      one.scores.push_back(score);
    }
    for (const ScoredAt& score : one.scores)
      if (score.at > one.resolved && score.at - one.resolved <= kAfter)
        taken.insert({customers[i].value, score.at.ms});
    recovered.push_back(std::move(one));
  }
  out.instruments = compare_scores(recovered);
  return out;
}

}  // namespace zhike::desk
