// Pairs of customers that may be one: matching over the whole store proposes them, people accept, reject or
// skip them, and what people said teaches the next run. Accepting merges, rejecting keeps apart; both are
// decisions like any other (unify.h), with their evidence, and can be taken back.
//
// Values are compared in clear within a run and masked before they are kept.
#pragma once

#include <boost/json.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "govern/keys.h"
#include "match/resolve.h"
#include "profile/unify.h"
#include "stats/interval.h"

namespace zhike::profile {

/// Part of the stored format.
enum class RunState : std::uint8_t { kRunning, kDone, kFailed, kInterrupted };
enum class PairState : std::uint8_t { kOpen, kAccepted, kRejected, kSkipped };
[[nodiscard]] std::string_view to_string(RunState state) noexcept;   ///< "done"
[[nodiscard]] std::string_view to_string(PairState state) noexcept;  ///< "accepted"
[[nodiscard]] std::optional<PairState> parse_pair_state(std::string_view text) noexcept;

/// In which order pairs come: the most doubtful first, the most or the least likely, the latest proposed or
/// decided.
enum class PairOrder : std::uint8_t { kDoubt, kLikely, kUnlikely, kNewest };
[[nodiscard]] std::optional<PairOrder> parse_pair_order(std::string_view text) noexcept;  ///< "doubt"

struct MatchRun {
  std::uint64_t id = 0;
  RunState state{};
  UserId actor{};
  Instant at{};
  double seconds = 0;
  std::uint64_t records = 0;  ///< customers as events alone have joined them
  std::optional<std::uint64_t>
      fresh{};                 ///< new or changed since the run before, where those alone were compared
  double compared = 0;         ///< pairs
  std::uint64_t labels = 0;    ///< pairs that people had decided, by which the model was taught
  std::uint64_t proposed = 0;  ///< pairs that wait for people
  std::uint64_t merged = 0;    ///< by the run itself
  boost::json::value model{};  ///< {"threshold", "comparisons", "rules"} (match/report.h); null: none
  std::string error_code{}, error_detail{};
};

struct PairStep {
  std::string column{}, left{}, right{};  ///< values masked
  std::string level{};                    ///< match::level_names()
  double weight = 0;                      ///< what it adds, in bits
};

struct ReviewPair {
  std::uint64_t id = 0;
  PairState state{};
  double probability = 0;
  double prior = 0;  ///< in bits; prior and steps add up to the log2 odds
  std::vector<PairStep> steps{};
  std::vector<Person> people{};  ///< two
  std::string obstacle{};        ///< a rule that keeps them apart; empty: none
  UserId actor{};                ///< who decided
  Instant at{};                  ///< when; or when it was proposed
};

struct PairsAsked {
  PairState state = PairState::kOpen;
  PairOrder order = PairOrder::kDoubt;
  std::optional<std::vector<CustomerId>> of{};  ///< pairs of one of them; nothing: of anybody
};

struct ReviewPage {
  std::vector<ReviewPair> items;
  std::optional<query::Cursor> next;
};

/// What a threshold would have come to among the pairs that people accepted or rejected. Pairs that were
/// never proposed are in neither count, so recall is of proposed pairs.
struct CurvePoint {
  double threshold = 0;  ///< probability from which pairs count as one customer
  stats::Share right;    ///< accepted among the decided pairs at or above it: precision
  stats::Share found;    ///< at or above it among the accepted: recall
};
inline constexpr std::uint64_t kCurveLeast = 10;  ///< decided pairs; fewer make no curve

enum class Verdict : std::uint8_t { kAccept, kReject, kSkip };

/// Borrows its parts. Thread-safe; one run at a time. Permission of every call: kManageData.
namespace rows {
struct Pair;
}
struct Candidates;
struct UnfinishedRun;

class Reviews {
 public:
  struct Parts {
    ledger::Db& ledger;
    ledger::Db& identity_db;
    const govern::Keys& keys;
    ledger::Hot& hot;
    identity::Graph& graph;
    const Unify& unify;
    Decider& decider;
    const Clock& clock;
    std::filesystem::path memory;  ///< what a run leaves for the next (match_memory.h); and NAME.unfinished
  };
  /// Runs that the last process left are interrupted. Errors: of the ledger.
  [[nodiscard]] static Result<std::unique_ptr<Reviews>> open(const Parts& parts);

  static constexpr std::size_t kRecordsMax = 5'000'000, kPairsMax = 10'000;
  struct Options {
    /// Probability from which a run merges by itself, where no rule stands against it; nothing: never.
    std::optional<double> merge_from{};
    /// Compare only what is new or has changed since the last run, by its model. Where there was none, or
    /// what customers say has other fields by now, all are compared and learned from.
    bool only_new = false;
    /// Go on with the run that was ended, as that was asked for: the two above do not count. What it has
    /// compared is not compared again, unless a customer has changed since. Errors of begin(): kNotFound
    /// (there is none).
    bool resume = false;
    std::size_t threads = 1;
    /// As ResolveOptions::watch; and of kReading.
    std::function<void(match::Stage stage, double share)> progress{};
  };
  /// Begins a run, or answers the one that is on its way. `fresh`: the caller has to carry it out, by run().
  /// Permission: also all units. Errors: kPermissionMissing, kBadField.
  [[nodiscard]] Result<MatchRun> begin(const Grant& grant, const Options& options, bool& fresh);
  /// Reads all customers, learns, compares, and proposes; takes seconds to minutes.
  [[nodiscard]] Result<MatchRun> run(const MatchRun& begun, const Options& options);
  /// Ends the run on its way, for good; within a second, or the time that one stage between reading and
  /// comparing takes. Any thread.
  void stop() { stopping_ = true; }
  /// Ends the run on its way and answers the latest: it is interrupted soon, and can be gone on with if it
  /// had come to comparing. What it has merged stays. Permission: also all units. Errors:
  /// kPermissionMissing, kNotFound (there is no run).
  [[nodiscard]] Result<MatchRun> cancel(const Grant& grant);
  /// Whether a run waits to be gone on with: the latest that was ended before it was done.
  [[nodiscard]] bool is_resumable() const;
  /// How far the run on its way is, 0 to 1, about; nothing without a run.
  [[nodiscard]] std::optional<double> progress() const;
  [[nodiscard]] Result<std::vector<MatchRun>> runs(const Grant& grant, std::size_t count_max) const;

  /// Pairs outside the Grant's units, and those that have become one otherwise, are left out. A cursor is of
  /// one order. Pairs of certain customers are looked for among all of the state. Errors: kBadField,
  /// kPermissionMissing.
  [[nodiscard]] Result<ReviewPage> list(const Grant& grant, const PairsAsked& asked,
                                        const query::Cursor& before, std::uint32_t count) const;
  /// By rising threshold; empty below kCurveLeast decided pairs.
  [[nodiscard]] Result<std::vector<CurvePoint>> curve(const Grant& grant) const;
  /// How many are open, of all units.
  [[nodiscard]] Result<std::uint64_t> open_count() const;
  /// A repeat changes nothing. An accepted pair that a rule keeps apart stays open, with the obstacle, unless
  /// `force`. Errors: kNotFound, kPermissionMissing, those of the decider.
  [[nodiscard]] Result<ReviewPair> decide(const Grant& grant, std::uint64_t pair, Verdict verdict,
                                          bool force) const;

 private:
  explicit Reviews(const Parts& parts) : parts_(parts) {}
  [[nodiscard]] Result<void> carry_out(MatchRun& run, const Options& options);
  [[nodiscard]] Result<match::Resolution> resolved(MatchRun& run, const Options& options,
                                                   const UnfinishedRun* begun, const Candidates& candidates,
                                                   match::ResolveOptions how) const;
  [[nodiscard]] Result<void> merge_sure(MatchRun& run, const std::vector<identity::Decision>& merges) const;
  void leave(const match::Unfinished& done, const Options& options, const Candidates& candidates) const;
  [[nodiscard]] std::filesystem::path unfinished() const;
  [[nodiscard]] Result<std::optional<ReviewPair>> shown(const Grant& grant, const rows::Pair& row) const;
  Parts parts_;
  [[nodiscard]] bool goes_on() const { return !stopping_ && !cancelled_; }
  std::atomic<bool> stopping_{false}, cancelled_{false};
  std::atomic<double> done_{-1};  // the share; below 0: no run
  std::mutex mutex_;              // of begin
};

}  // namespace zhike::profile
