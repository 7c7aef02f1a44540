// Matching from a table to clusters.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "match/blocking.h"
#include "match/cluster.h"
#include "match/estimate.h"
#include "match/evaluate.h"
#include "match/profile.h"
#include "match/unfinished.h"

namespace zhike::match {

/// What matching is about, in order; comparing takes most of the time. kReading: customers of a store or rows
/// of files, which whoever matches them tells.
enum class Stage : std::uint8_t { kReading, kPreparing, kBlocking, kLearning, kComparing, kClustering };

/// Which part of the whole it is to read a million records.
inline constexpr double kReadsStore = 0.4, kReadsFiles = 0.15;
/// How much of the whole is done at that share of a stage, of a million records; `reading`: the part that
/// kReading takes. From 0 to 1, never falling.
[[nodiscard]] double share_of_whole(Stage stage, double share, double reading) noexcept;

struct ResolveOptions {
  Limits limits;
  EstimateOptions estimate;
  double pairs_per_record = 100;  ///< how many the proposed rules may compare; more find more
  double pairs_least = 5e6;       ///< so many they may in any case
  bool one_to_one = false;
  std::vector<Label> labels{};         ///< teach the model, and hold for their pairs
  std::vector<std::string> lasting{};  ///< columns known to hold what a person keeps for life: a birthday
  /// By record: its cluster of an earlier run, from 1; 0: new. Clusters stay, and only pairs with a new
  /// record are compared; by a model that was learned before. Empty: all are new.
  std::vector<std::uint32_t> known{};
  /// Called at the beginning of each stage (share 0), and while pairs are compared with the share of them
  /// that are done; by one thread at a time, any of them. False: stop. Empty: nobody asks.
  std::function<bool(Stage stage, double share)> watch{};
  bool keep_weak = false;  ///< also edges far below the threshold, to see what other thresholds would do
  /// Given what is done by a run that `watch` has stopped when it had learned or while it compared. Not by
  /// one that was catching up with what is new since another was stopped: that one's stays the best there is.
  /// Empty: nobody goes on.
  std::function<void(Unfinished done)> leave{};
};

struct Resolution {
  Model model{};
  std::vector<ColumnProfile> profiles{};  ///< of a model that was learned here
  Estimated estimated{};
  std::vector<RuleSize> rule_sizes{};
  double possible_pairs = 0, compared_pairs = 0;
  std::vector<Edge> edges{};  ///< of at least Model::review_at, by falling weight
  Clusters clusters{};
  Prepared records{};
  std::vector<Label> labels{};  ///< that hold; in order, the smaller record first, no pair twice
};

/// Profiles, proposes, learns, scores and clusters. Errors: kNothingToCompare, those of Blocks::build;
/// kStopping (`watch` said so).
[[nodiscard]] Result<Resolution> resolve_auto(const Table& table, bool between_sources,
                                              const ResolveOptions& options);
/// By a model that was learned before.
[[nodiscard]] Result<Resolution> resolve_by(const Model& model, const Table& table, bool between_sources,
                                            const ResolveOptions& options);
/// Goes on where a run was stopped: compares what it has not, and records that are new or changed since with
/// all. Of the same table it comes to what that run would have come to.
[[nodiscard]] Result<Resolution> resolve_rest(Unfinished begun, const Table& table, bool between_sources,
                                              const ResolveOptions& options);
/// Clusters of the same edges at another threshold.
[[nodiscard]] Clusters cluster_at(const Resolution& resolution, double merge_at, bool one_to_one);

/// The threshold that promises the best F1 over pairs, if the probabilities are right: half of the best F1
/// that can be expected, as a probability (Lipton, Elkan and Naryanaswamy, Optimal thresholding of
/// classifiers to maximize F1 measure, 2014). `matches` is the expected number of all; `edges` by falling
/// weight. In log2 odds.
[[nodiscard]] double best_threshold(std::span<const Edge> edges, double matches);

}  // namespace zhike::match
