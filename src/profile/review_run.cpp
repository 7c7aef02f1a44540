// A run of matching over the store.
#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "base/log.h"
#include "match/explain.h"
#include "match/report.h"
#include "profile/candidates.h"
#include "profile/match_memory.h"
#include "profile/review.h"
#include "profile/review_rows.h"

namespace zhike::profile {
namespace {

using match::Resolution;

struct Found {
  match::Edge edge;
  double probability = 0;
};

/// Pairs of records that are two customers today and that nobody has decided, the strongest first.
std::vector<Found> undecided(const Candidates& candidates, const Resolution& resolution) {
  std::vector<Found> out;
  const auto order = [](const match::Label& l) { return std::pair(l.a, l.b); };
  for (const match::Edge& edge : resolution.edges) {
    if (edge.weight < resolution.model.review_at) break;
    if (candidates.customers[edge.a] == candidates.customers[edge.b]) continue;
    const auto [a, b] = std::minmax(edge.a, edge.b);
    if (std::ranges::binary_search(resolution.labels, std::pair(a, b), {}, order)) continue;
    out.push_back({edge, match::probability_of(edge.weight)});
  }
  return out;
}

/// Those that the run may join by itself: certain enough, and in one cluster, so that no weak pair bridges.
std::vector<identity::Decision> sure(const Candidates& candidates, const Resolution& resolution,
                                     const std::vector<Found>& found, double merge_from,
                                     const MatchRun& run) {
  std::vector<identity::Decision> out;
  for (const Found& one : found) {
    if (one.probability < merge_from) break;
    if (resolution.clusters.of[one.edge.a] != resolution.clusters.of[one.edge.b]) continue;
    out.push_back({.act = identity::Decision::Act::kMerge,
                   .left = candidates.subjects[one.edge.a],
                   .right = candidates.subjects[one.edge.b],
                   .evidence = identity::Evidence::kMatched,
                   .actor = run.actor,
                   .at = run.at,
                   .reason = fmt::format("matching {}, probability {:.4f}", run.id, one.probability)});
  }
  return out;
}

std::vector<PairStep> steps_of(const match::Table& table, const match::Waterfall& why,
                               const match::Edge& edge) {
  std::vector<PairStep> out;
  for (const match::Step& step : why.steps) {
    const match::Column& column = *table.find(step.column);
    const auto cell = [&](std::uint32_t row) {
      return masked_cell(column.name, column.values.text(column.codes[row]));
    };
    out.push_back({.column = step.column,
                   .left = cell(edge.a),
                   .right = cell(edge.b),
                   .level = std::string(step.level_name),
                   .weight = step.weight});
  }
  return out;
}

/// Sorted: those whose pairs with each other were not looked at.
std::vector<SubjectId> known_subjects(const Candidates& candidates, const Resolution& resolution) {
  std::vector<SubjectId> out;
  for (std::uint32_t row = 0; row < candidates.subjects.size(); ++row)
    if (resolution.records.is_known(row)) out.push_back(candidates.subjects[row]);
  std::ranges::sort(out);
  return out;
}

/// Of what is left the most doubtful, as many as people can be asked to look at.
std::vector<rows::Pair> proposals(const Candidates& candidates, const Resolution& resolution,
                                  std::vector<Found> found, const MatchRun& run) {
  std::ranges::sort(found, [](const Found& x, const Found& y) {
    return std::tuple(rows::doubt_of(x.probability), x.edge.a, x.edge.b) <
           std::tuple(rows::doubt_of(y.probability), y.edge.a, y.edge.b);
  });
  if (found.size() > Reviews::kPairsMax) found.resize(Reviews::kPairsMax);
  std::vector<rows::Pair> out;
  match::Explainer explainer(resolution);
  for (Found& one : found) {
    // The first record on the left, so that a pair is the same pair in every run.
    if (candidates.subjects[one.edge.b] < candidates.subjects[one.edge.a]) std::swap(one.edge.a, one.edge.b);
    const match::Waterfall why = explainer.explain(one.edge.a, one.edge.b);
    out.push_back({.left = candidates.subjects[one.edge.a],
                   .right = candidates.subjects[one.edge.b],
                   .probability = one.probability,
                   .detail = rows::detail_text(why.prior, steps_of(candidates.table, why, one.edge)),
                   .at = run.at});
  }
  return out;
}

boost::json::object model_json(const Resolution& resolution) {
  return {{"merge_at", match::probability_of(resolution.model.merge_at)},
          {"review_at", match::probability_of(resolution.model.review_at)},
          {"prior", resolution.model.prior},
          {"expected_matches", resolution.estimated.matches},
          {"comparisons", match::comparisons_json(resolution.model)},
          {"rules", match::rules_json(resolution)}};
}

match::ResolveOptions how_to(const Reviews::Options& options, const Candidates& candidates) {
  match::ResolveOptions out;
  out.limits.giant = match::Giant::kSkip;
  out.limits.pairs_max = 4e8;
  out.estimate.threads = options.threads;
  out.labels = candidates.labels;
  out.lasting = {"birthday", "national_id"};
  return out;
}

/// By record: whether the run before saw it as it is, each a cluster of its own.
std::vector<std::uint32_t> known_to(const MatchMemory& memory, const Candidates& candidates, MatchRun& run) {
  std::vector<std::uint32_t> out(candidates.subjects.size(), 0);
  run.fresh = 0;
  for (std::uint32_t row = 0; row < out.size(); ++row) {
    const bool is_known = memory.knows(candidates.subjects[row], candidates.prints[row]);
    out[row] = is_known ? row + 1 : 0;
    *run.fresh += is_known ? 0 : 1;
  }
  return out;
}

/// A model that asks for a column which no customer has any more is of no use.
bool fits(const match::Model& model, const Candidates& candidates) {
  return std::ranges::all_of(model.comparisons, [&](const match::Comparison& comparison) {
    return candidates.table.find(comparison.column) != nullptr;
  });
}

match::Unfinished all_done(const Resolution& resolution, bool is_learned) {
  return {.model = resolution.model,
          .expected_matches = is_learned ? std::optional(resolution.estimated.matches) : std::nullopt,
          .rules = resolution.model.rules.size(),
          .compared_pairs = resolution.compared_pairs,
          .edges = resolution.edges,
          .compared = {}};
}

}  // namespace

void Reviews::leave(const match::Unfinished& done, const Options& options,
                    const Candidates& candidates) const {
  UnfinishedRun out = UnfinishedRun::of(done, candidates);
  out.only_new = options.only_new;
  out.merge_from = options.merge_from;
  if (const auto saved = out.save(unfinished(), parts_.keys); !saved)
    log::error("matching_not_kept", saved.error());  // the next run begins anew
}

/// All compared, or what is new, or the rest of a run that was ended: `begun`, null for none.
Result<Resolution> Reviews::resolved(MatchRun& run, const Options& options, const UnfinishedRun* begun,
                                     const Candidates& candidates, match::ResolveOptions how) const {
  const auto memory = options.only_new ? MatchMemory::load(parts_.memory, parts_.keys) : std::nullopt;
  if (begun != nullptr) {
    match::Unfinished rest = begun->go_on(candidates);
    // Without the memory that told what is new, what is left is no longer a part of anything.
    if (fits(rest.model, candidates) && (rest.expected_matches || memory)) {
      if (!rest.expected_matches) how.known = known_to(*memory, candidates, run);
      return match::resolve_rest(std::move(rest), candidates.table, false, how);
    }
  }
  if (memory) {
    CX_TRY(const match::Model model, match::parse_model(memory->model));
    if (fits(model, candidates)) {
      how.known = known_to(*memory, candidates, run);
      return match::resolve_by(model, candidates.table, false, how);
    }
  }
  return match::resolve_auto(candidates.table, false, how);
}

Result<void> Reviews::merge_sure(MatchRun& run, const std::vector<identity::Decision>& merges) const {
  constexpr std::size_t kAtOnce = 500;
  for (std::size_t at = 0; at < merges.size(); at += kAtOnce) {
    if (!goes_on()) return fail(Code::kStopping);
    const auto end = std::min(merges.size(), at + kAtOnce);
    CX_TRY(const auto decided,
           parts_.decider.decide_all({merges.begin() + static_cast<std::ptrdiff_t>(at),
                                      merges.begin() + static_cast<std::ptrdiff_t>(end)}));
    for (const auto& one : decided) {
      if (!one) return std::unexpected(one.error());
      run.merged += one->version != 0 ? 1 : 0;
    }
  }
  return {};
}

Result<void> Reviews::carry_out(MatchRun& run, const Options& asked) {
  Options options = asked;
  const auto begun = asked.resume ? UnfinishedRun::load(unfinished(), parts_.keys) : std::nullopt;
  if (begun) {
    options.only_new = begun->only_new;
    options.merge_from = begun->merge_from;
  }
  const auto watch = [&](match::Stage stage, double share) {
    done_ = match::share_of_whole(stage, share, match::kReadsStore);
    if (options.progress) options.progress(stage, share);
    return goes_on();
  };
  const auto reading = [&](double share) { return watch(match::Stage::kReading, share); };
  CX_TRY(const Candidates candidates,
         read_candidates(parts_.identity_db, parts_.keys, {.records_max = kRecordsMax, .watch = reading}));
  if (candidates.cut) log::warn("matching_cut", {{"records", kRecordsMax}});
  run.records = candidates.customers.size();
  run.labels = candidates.labels.size();
  auto how = how_to(options, candidates);
  how.watch = watch;
  how.leave = [&](const match::Unfinished& done) { leave(done, options, candidates); };
  CX_TRY(const Resolution resolution, resolved(run, options, begun ? &*begun : nullptr, candidates, how));
  const bool is_learned = !run.fresh;
  if (is_learned) run.model = model_json(resolution);
  run.compared = resolution.compared_pairs;
  std::vector<Found> found = undecided(candidates, resolution);
  if (options.merge_from) {
    const auto merges = sure(candidates, resolution, found, *options.merge_from, run);
    if (const auto merged = merge_sure(run, merges); !merged) {
      leave(all_done(resolution, is_learned), options, candidates);
      return merged;
    }
    std::erase_if(found, [&](const Found& one) {
      const auto a = parts_.graph.customer_of(candidates.subjects[one.edge.a]);
      const auto b = parts_.graph.customer_of(candidates.subjects[one.edge.b]);
      return a && b && *a == *b;
    });
  }
  const auto pairs = proposals(candidates, resolution, std::move(found), run);
  const auto is_kept = [&, known = known_subjects(candidates, resolution)](SubjectId left, SubjectId right) {
    return std::ranges::binary_search(known, left) && std::ranges::binary_search(known, right);
  };
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    for (const rows::Pair& pair : pairs) CX_TRY(rows::propose(tx, pair, run.id));
    CX_TRY(rows::drop_older(tx, run.id, is_kept));
    CX_TRY(run.proposed, rows::open_count(tx));
    return {};
  }));
  // Last: a run that dies before has seen nothing, and proposing twice is proposing once.
  CX_TRY(MatchMemory::of(match::to_toml(resolution.model), candidates).save(parts_.memory, parts_.keys));
  std::error_code ignored;
  std::filesystem::remove(unfinished(), ignored);
  return {};
}

Result<MatchRun> Reviews::run(const MatchRun& begun, const Options& options) {
  MatchRun run = begun;
  const auto start = std::chrono::steady_clock::now();
  const auto done = carry_out(run, options);
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  done_ = -1;
  run.state = done ? RunState::kDone : goes_on() ? RunState::kFailed : RunState::kInterrupted;
  if (run.state == RunState::kFailed) {
    run.error_code = info(done.error().code).id;
    run.error_detail = done.error().detail;
    log::error("matching_failed", done.error());
  }
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) { return rows::update(tx, run); }));
  return run;
}

}  // namespace zhike::profile
