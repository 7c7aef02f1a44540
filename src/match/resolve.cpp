#include "match/resolve.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

#include "base/tasks.h"
#include "match/dependence.h"
#include "match/scorer.h"

namespace zhike::match {
namespace {

constexpr double kWeakest = -10;    ///< log2 odds of the weakest edge that is kept
constexpr double kReviewBelow = 5;  ///< how far below the threshold a person should look
constexpr std::size_t kCompareTask = 64;

constexpr double kLabelled = 60;  ///< log2 odds of a pair that a person has decided

void keep_labels(Resolution& out, std::span<const Label> labels) {
  out.labels.assign(labels.begin(), labels.end());
  for (Label& label : out.labels)
    if (label.a > label.b) std::swap(label.a, label.b);
  const auto pair = [](const Label& label) { return std::pair(label.a, label.b); };
  std::ranges::sort(out.labels, {},
                    [&](const Label& label) { return std::pair(pair(label), label.is_match); });
  const auto twice = std::ranges::unique(out.labels, {}, pair);
  out.labels.erase(twice.begin(), twice.end());
}

const Label* label_of(const Resolution& resolution, std::uint32_t a, std::uint32_t b) {
  const auto at = std::minmax(a, b);
  const auto it = std::ranges::lower_bound(resolution.labels, std::pair(at.first, at.second), {},
                                           [](const Label& label) { return std::pair(label.a, label.b); });
  return it != resolution.labels.end() && it->a == at.first && it->b == at.second ? &*it : nullptr;
}

void sort_edges(std::vector<Edge>& edges) {
  std::ranges::sort(edges, [](const Edge& x, const Edge& y) {
    return x.weight != y.weight ? x.weight > y.weight : std::pair(x.a, x.b) < std::pair(y.a, y.b);
  });
}

/// Tells the watcher how far the work is, and the work whether to go on. Thread-safe.
class Watched {
 public:
  Watched(const ResolveOptions& options, std::size_t parts) : options_(options), parts_(parts) {}
  [[nodiscard]] bool goes_on() const { return !stopped_.load(std::memory_order_relaxed); }
  void done(std::size_t parts) {
    const std::lock_guard lock(mutex_);
    done_ += parts;
    if (options_.watch && goes_on() &&
        !options_.watch(Stage::kComparing, static_cast<double>(done_) / static_cast<double>(parts_)))
      stopped_ = true;
  }

 private:
  const ResolveOptions& options_;
  const std::size_t parts_;
  std::mutex mutex_;
  std::size_t done_ = 0;
  std::atomic<bool> stopped_{false};
};

Result<void> enter(const ResolveOptions& options, Stage stage) {
  if (options.watch && !options.watch(stage, 0)) return fail(Code::kStopping);
  return {};
}

/// Compares the pairs of parts `from` to `to`; adds edges of at least `at_least`. False: it was told to stop
/// before all were compared, and has added none.
bool score_parts(Resolution& out, const Blocks& blocks, std::size_t from, std::size_t to,
                 const Weights& weights, double at_least, std::size_t threads, Watched& watched) {
  const std::size_t groups = std::min(to - from, threads * kCompareTask);
  std::vector<std::vector<Edge>> edges(groups);
  std::vector<double> compared(groups);
  std::atomic<bool> is_whole{true};
  const auto first = [&](std::size_t group) { return from + (to - from) * group / groups; };
  const auto make = [&] { return Scorer(out.records, out.model, weights); };
  run_tasks(groups, threads, make, [&](std::size_t group, Scorer& scorer) {
    if (!watched.goes_on()) {
      is_whole = false;
      return;
    }
    for (std::size_t part = first(group); part < first(group + 1); ++part)
      blocks.visit(part, 1, 0, [&](std::uint32_t a, std::uint32_t b) {
        ++compared[group];
        const double weight = scorer.score(a, b, at_least);
        if (weight >= at_least) edges[group].push_back({a, b, static_cast<float>(weight)});
      });
    watched.done(first(group + 1) - first(group));
  });
  if (!is_whole) return false;
  for (std::size_t group = 0; group < groups; ++group) {
    out.compared_pairs += compared[group];
    out.edges.insert(out.edges.end(), edges[group].begin(), edges[group].end());
    edges[group] = {};
  }
  return true;
}

/// Hands what is done to who may go on later: a model that was learned, and the pairs of the first `rules`.
void leave(Resolution& out, std::size_t rules, bool is_learned, const ResolveOptions& options) {
  const bool is_any = is_learned || rules > 0;
  if (!options.leave || !is_any || rules < out.records.rules_compared) return;
  options.leave({.model = out.model,
                 .expected_matches = is_learned ? std::optional(out.estimated.matches) : std::nullopt,
                 .rules = rules,
                 .compared_pairs = out.compared_pairs,
                 .edges = std::move(out.edges),
                 .compared = {}});
}

/// Compares the pairs of all blocks, rule by rule, so that a run can be stopped between; keeps those of at
/// least `at_least`, by falling weight.
Result<void> score_all(Resolution& out, const Blocks& blocks, double at_least, bool is_learned,
                       const ResolveOptions& options) {
  const auto entered = [&](Stage stage, std::size_t rules) -> Result<void> {
    auto out_of = enter(options, stage);
    if (!out_of) leave(out, rules, is_learned, options);
    return out_of;
  };
  CX_TRY(entered(Stage::kComparing, 0));
  const Weights weights = weights_of(out.model, out.records);
  const std::vector<std::size_t>& from = blocks.parts_of_rules();
  Watched watched(options, blocks.part_count());
  for (std::size_t rule = 0; rule + 1 < from.size(); ++rule) {
    const bool is_whole = score_parts(out, blocks, from[rule], from[rule + 1], weights, at_least,
                                      options.estimate.threads, watched);
    if (watched.goes_on()) continue;
    leave(out, rule + (is_whole ? 1 : 0), is_learned, options);
    return fail(Code::kStopping);
  }
  sort_edges(out.edges);
  return entered(Stage::kClustering, out.model.rules.size());
}

/// What a person has decided stands above what the model thinks, and is there though no rule finds it.
void decide_by_labels(Resolution& out) {
  if (out.labels.empty()) return;
  std::erase_if(out.edges, [&](const Edge& edge) { return label_of(out, edge.a, edge.b) != nullptr; });
  for (const Label& label : out.labels)
    if (label.is_match) out.edges.push_back({label.a, label.b, static_cast<float>(kLabelled)});
  sort_edges(out.edges);
}

}  // namespace

double best_threshold(std::span<const Edge> edges, double matches) {
  double right = 0, taken = 0, best = 0;
  for (const Edge& edge : edges) {
    right += probability_of(static_cast<double>(edge.weight));
    ++taken;
    best = std::max(best, 2 * right / (taken + matches));
  }
  return best == 0 ? 0 : log2_odds_of(best / 2);
}

Clusters cluster_at(const Resolution& resolution, double merge_at, bool one_to_one) {
  const Weights weights = weights_of(resolution.model, resolution.records);
  Scorer scorer(resolution.records, resolution.model, weights);
  return cluster(resolution.records.rows, resolution.edges, resolution.records.sources,
                 {.merge_at = merge_at,
                  .one_to_one = one_to_one,
                  .between_sources = resolution.records.between_sources,
                  .known = resolution.records.known},
                 [&](std::uint32_t a, std::uint32_t b) {
                   if (const Label* const label = label_of(resolution, a, b))
                     return label->is_match ? kLabelled : -kLabelled;
                   return scorer.score(a, b, -1e9);
                 });
}

double share_of_whole(Stage stage, double share, double reading) noexcept {
  constexpr std::array<double, 7> kEnds{0,   0,    0.15, 0.25,
                                        0.4, 0.95, 1};  // where stages begin, but for reading
  const auto at = static_cast<std::size_t>(stage);
  const double within = std::clamp(share, 0.0, 1.0);
  const double rest = kEnds[at] + within * (kEnds[at + 1] - kEnds[at]);
  return stage == Stage::kReading ? reading * within : reading + (1 - reading) * rest;
}

namespace {

/// What edges come to: thresholds, where the model is new, and clusters.
void decide(Resolution& out, bool is_learned, const ResolveOptions& options) {
  keep_labels(out, options.labels);
  decide_by_labels(out);
  if (is_learned) {
    out.model.merge_at = best_threshold(out.edges, out.estimated.matches);
    out.model.review_at = out.model.merge_at - kReviewBelow;
  }
  out.clusters = cluster_at(out, out.model.merge_at, options.one_to_one);
}

}  // namespace

Result<Resolution> resolve_auto(const Table& table, bool between_sources, const ResolveOptions& options) {
  Resolution out;
  CX_TRY(enter(options, Stage::kPreparing));
  out.profiles = profile(table);
  out.model.comparisons = propose(table, out.profiles);
  for (Comparison& at : out.model.comparisons)
    at.lasting = std::ranges::find(options.lasting, at.column) != options.lasting.end();
  if (out.model.comparisons.empty() || table.rows() < 2) return fail(Code::kNothingToCompare);
  const std::size_t threads = options.estimate.threads;
  CX_TRY(out.records, prepare(table, out.model.comparisons, between_sources, threads));
  find_dependence(out.records, out.model.comparisons, threads);
  CX_TRY(enter(options, Stage::kBlocking));
  out.possible_pairs = out.records.pairs();
  const double wanted =
      std::max(options.pairs_least, options.pairs_per_record * static_cast<double>(table.rows()));
  out.model.rules = propose_rules(out.records, out.model.comparisons, wanted, options.limits, threads);
  if (out.model.rules.empty()) return fail(Code::kNothingToCompare);
  CX_TRY(const Blocks blocks, Blocks::build(out.records, out.model, options.limits, threads));
  out.rule_sizes = blocks.sizes();
  if (blocks.part_count() == 0 && options.limits.giant == Giant::kSkip) {  // nothing is left: say why
    Limits refusing = options.limits;
    refusing.giant = Giant::kRefuse;
    CX_TRY(Blocks::build(out.records, out.model, refusing, threads));
  }
  CX_TRY(enter(options, Stage::kLearning));
  const Evidence evidence = collect(out.records, blocks, out.model, options.labels, options.estimate);
  out.estimated = estimate(out.model, evidence);
  CX_TRY(score_all(out, blocks, kWeakest, true, options));
  decide(out, true, options);
  return out;
}

Result<Resolution> resolve_by(const Model& model, const Table& table, bool between_sources,
                              const ResolveOptions& options) {
  Resolution out{.model = model};
  const std::size_t threads = options.estimate.threads;
  CX_TRY(enter(options, Stage::kPreparing));
  CX_TRY(out.records, prepare(table, model.comparisons, between_sources, threads));
  out.records.known = options.known;
  out.possible_pairs = out.records.pairs();
  CX_TRY(enter(options, Stage::kBlocking));
  CX_TRY(const Blocks blocks, Blocks::build(out.records, out.model, options.limits, threads));
  out.rule_sizes = blocks.sizes();
  CX_TRY(score_all(out, blocks, options.keep_weak ? kWeakest : model.review_at, false, options));
  decide(out, false, options);
  return out;
}

Result<Resolution> resolve_rest(Unfinished begun, const Table& table, bool between_sources,
                                const ResolveOptions& options) {
  Resolution out{.model = std::move(begun.model)};
  const bool is_learned = begun.expected_matches.has_value();
  const std::size_t threads = options.estimate.threads;
  CX_TRY(enter(options, Stage::kPreparing));
  CX_TRY(out.records, prepare(table, out.model.comparisons, between_sources, threads));
  out.records.known = options.known;
  out.records.rules_compared = begun.rules;
  out.records.compared = std::move(begun.compared);
  if (out.records.compared.empty()) out.records.compared.assign(table.rows(), 1);
  out.estimated.matches = begun.expected_matches.value_or(0);
  out.possible_pairs = out.records.pairs();
  out.compared_pairs = begun.compared_pairs;
  out.edges = std::move(begun.edges);
  CX_TRY(enter(options, Stage::kBlocking));
  CX_TRY(const Blocks blocks, Blocks::build(out.records, out.model, options.limits, threads));
  out.rule_sizes = blocks.sizes();
  const bool keeps_weak = is_learned || options.keep_weak;
  CX_TRY(score_all(out, blocks, keeps_weak ? kWeakest : out.model.review_at, is_learned, options));
  decide(out, is_learned, options);
  return out;
}

}  // namespace zhike::match
