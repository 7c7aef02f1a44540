#include "match/resolve.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

#include "match/dependence.h"
#include "match/scorer.h"
#include "match/threads.h"

namespace zhike::match {
namespace {

constexpr double kPairsLeast = 5e6;
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
  Watched(const ResolveOptions& options, std::size_t tasks) : options_(options), tasks_(tasks) {}
  [[nodiscard]] bool goes_on() const { return !stopped_.load(std::memory_order_relaxed); }
  void task_done() {
    const std::lock_guard lock(mutex_);
    ++done_;
    if (options_.watch && goes_on() &&
        !options_.watch(Stage::kComparing, static_cast<double>(done_) / static_cast<double>(tasks_)))
      stopped_ = true;
  }

 private:
  const ResolveOptions& options_;
  const std::size_t tasks_;
  std::mutex mutex_;
  std::size_t done_ = 0;
  std::atomic<bool> stopped_{false};
};

Result<void> enter(const ResolveOptions& options, Stage stage) {
  if (options.watch && !options.watch(stage, 0)) return fail(Code::kStopping);
  return {};
}

/// Compares the pairs of all blocks; keeps those of at least `at_least`, by falling weight.
Result<void> score_all(Resolution& out, const Blocks& blocks, const Weights& weights, double at_least,
                       const ResolveOptions& options) {
  CX_TRY(enter(options, Stage::kComparing));
  const std::size_t threads = options.estimate.threads;
  const std::size_t parts = blocks.part_count();
  const std::size_t groups = std::max<std::size_t>(1, std::min(parts, threads * kCompareTask));
  std::vector<std::vector<Edge>> edges(groups);
  std::vector<double> compared(groups);
  const auto make = [&] { return Scorer(out.records, out.model, weights); };
  Watched watched(options, groups);
  run_tasks(groups, threads, make, [&](std::size_t group, Scorer& scorer) {
    if (!watched.goes_on()) return;
    for (std::size_t part = parts * group / groups; part < parts * (group + 1) / groups; ++part)
      blocks.visit(part, 1, 0, [&](std::uint32_t a, std::uint32_t b) {
        ++compared[group];
        const double weight = scorer.score(a, b, at_least);
        if (weight >= at_least) edges[group].push_back({a, b, static_cast<float>(weight)});
      });
    watched.task_done();
  });
  if (!watched.goes_on()) return fail(Code::kStopping);
  for (std::size_t group = 0; group < groups; ++group) {
    out.compared_pairs += compared[group];
    out.edges.insert(out.edges.end(), edges[group].begin(), edges[group].end());
    edges[group] = {};
  }
  sort_edges(out.edges);
  return {};
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

double share_of_whole(Stage stage, double share, bool reads) noexcept {
  constexpr std::array<double, 7> kEnds{0,   0,    0.15, 0.25,
                                        0.4, 0.95, 1};  // where stages begin, but for reading
  constexpr double kReads = 0.4;
  const auto at = static_cast<std::size_t>(stage);
  const double within = std::clamp(share, 0.0, 1.0);
  const double rest = kEnds[at] + within * (kEnds[at + 1] - kEnds[at]);
  if (!reads) return rest;
  return stage == Stage::kReading ? kReads * within : kReads + (1 - kReads) * rest;
}

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
  const double wanted = std::max(kPairsLeast, options.pairs_per_record * static_cast<double>(table.rows()));
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
  const Weights weights = weights_of(out.model, out.records);
  CX_TRY(score_all(out, blocks, weights, kWeakest, options));
  CX_TRY(enter(options, Stage::kClustering));
  keep_labels(out, options.labels);
  decide_by_labels(out);
  out.model.merge_at = best_threshold(out.edges, out.estimated.matches);
  out.model.review_at = out.model.merge_at - kReviewBelow;
  out.clusters = cluster_at(out, out.model.merge_at, options.one_to_one);
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
  CX_TRY(score_all(out, blocks, weights_of(model, out.records),
                   options.keep_weak ? kWeakest : model.review_at, options));
  CX_TRY(enter(options, Stage::kClustering));
  keep_labels(out, options.labels);
  decide_by_labels(out);
  out.clusters = cluster_at(out, model.merge_at, options.one_to_one);
  return out;
}

}  // namespace zhike::match
