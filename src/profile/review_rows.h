// The SQL of matching runs and proposed pairs: rows of ledger.db.
#pragma once

#include <functional>
#include <vector>

#include "ledger/db.h"
#include "profile/review.h"

namespace zhike::profile::rows {

struct Pair {
  std::uint64_t id = 0;
  SubjectId left{}, right{};
  PairState state{};
  double probability = 0;
  std::int64_t doubt = 0;
  std::string detail{};
  UserId actor{};
  Instant at{};
  std::uint64_t version = 0;
};

[[nodiscard]] query::Cursor cursor_of(const Pair& row, PairOrder order);
[[nodiscard]] std::int64_t doubt_of(double probability);

[[nodiscard]] Result<std::vector<MatchRun>> runs(ledger::Tx& tx, std::size_t count_max);  ///< newest first
[[nodiscard]] Result<void> insert(ledger::Tx& tx, const MatchRun& run);
[[nodiscard]] Result<void> update(ledger::Tx& tx, const MatchRun& run);

[[nodiscard]] Result<std::uint64_t> open_count(ledger::Tx& tx);
[[nodiscard]] Result<std::vector<Pair>> page(ledger::Tx& tx, PairState state, PairOrder order,
                                             const query::Cursor& before, std::uint32_t count);
/// Probability of every pair that was accepted (true) or rejected.
[[nodiscard]] Result<std::vector<std::pair<double, bool>>> decided(ledger::Tx& tx);
[[nodiscard]] Result<Pair> find(ledger::Tx& tx, std::uint64_t id);  ///< kNotFound
[[nodiscard]] Result<void> set_state(ledger::Tx& tx, const Pair& row);
/// A new pair, or an open one proposed anew; what people have decided or skipped stays as it is.
[[nodiscard]] Result<void> propose(ledger::Tx& tx, const Pair& pair, std::uint64_t run);
/// Open pairs that the run did not propose again, but for those that it had not to look at: `is_kept`.
[[nodiscard]] Result<void> drop_older(ledger::Tx& tx, std::uint64_t run,
                                      const std::function<bool(SubjectId, SubjectId)>& is_kept);

/// The steps of the weight in stored form, and back.
[[nodiscard]] std::string detail_text(double prior, const std::vector<PairStep>& steps);
[[nodiscard]] ReviewPair detail_of(const Pair& row);

}  // namespace zhike::profile::rows
