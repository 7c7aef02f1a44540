// What friction costs, counted case by case: each tally takes cases on one thread, tallies of several threads
// are added up. Pure; no tally is thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "journey/detectors.h"
#include "journey/friction.h"
#include "stats/interval.h"

namespace zhike::journey {

/// What customers paid in the range, in minor units.
using Spending = std::unordered_map<std::uint64_t, double>;

/// Answers of cases that are alike, of customers of one group.
struct FrictionCell {
  std::uint32_t stratum =
      0;  ///< cases with the same first channel, the same stages, in the same quarter of the range
  std::uint32_t group = 0;        ///< of customers, below kFrictionGroups, drawn by hash
  stats::Moments any{}, later{};  ///< the last answers; those given after it struck
};
inline constexpr std::uint64_t kFrictionGroups = 20;

/// A place where a detector struck; kNone: all cases.
struct FrictionSum {
  std::uint64_t journeys = 0, customers = 0;
  double value = 0;                         ///< what these customers paid
  std::vector<FrictionExample> examples{};  ///< at most 5, drawn by hash
};

class FrictionTally {
 public:
  /// All are borrowed but the times, which are those of the range.
  FrictionTally(const CaseKinds& kinds, const DetectorLimits& limits, const Spending& spending,
                std::int64_t since_ms)
      : detectors_(kinds, limits), kinds_(kinds), limits_(limits), spending_(spending), since_ms_(since_ms) {}
  void take(std::uint64_t customer, std::span<const CaseEvent> every);
  /// No customer may have been taken by both.
  void add(FrictionTally&& other);

  [[nodiscard]] const FrictionSum& all() const noexcept { return all_.sum; }
  [[nodiscard]] std::map<FrictionKey, FrictionSum> frictions() const;
  [[nodiscard]] std::uint64_t complete() const noexcept { return complete_; }
  [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }
  /// Of each case, from its first step to its last.
  [[nodiscard]] std::vector<std::int64_t>& took_ms() noexcept { return took_ms_; }
  /// Strata are numbered alike for every friction, whatever the threads did; by stratum, then group.
  [[nodiscard]] std::vector<FrictionCell> cells(const FrictionKey& of) const;

 private:
  struct Item {
    FrictionSum sum{};
    std::uint64_t customer = 0;  // the last that was counted, by number
    std::unordered_map<std::uint64_t, FrictionCell> cells{};
  };
  struct Case;
  void count(Item& item, const Case& one, std::int64_t struck_ms);
  static void add(Item& to, Item&& more, std::span<const std::uint32_t> strata);
  [[nodiscard]] std::uint32_t stratum_of(std::int64_t began_ms);

  Detectors detectors_;
  const CaseKinds& kinds_;
  const DetectorLimits& limits_;
  const Spending& spending_;
  std::int64_t since_ms_;
  Item all_;
  std::map<FrictionKey, Item> items_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> strata_;  // quarter, channel, stages → number
  std::vector<std::uint32_t> alike_;
  std::vector<std::int64_t> took_ms_;
  std::uint64_t complete_ = 0, answered_ = 0, customers_ = 0, customer_ = 0;
};

/// Customers whom one friction befell, the newest first.
class AffectedTally {
 public:
  /// All are borrowed but `count`: how many are kept.
  AffectedTally(const CaseKinds& kinds, const DetectorLimits& limits, const FrictionKey& key,
                std::uint64_t count)
      : detectors_(kinds, limits), key_(key), count_(count) {}
  void take(std::uint64_t customer, std::span<const CaseEvent> every);
  void add(AffectedTally&& other);
  [[nodiscard]] std::vector<Affected> newest() const;

 private:
  void keep(const Affected& one);
  Detectors detectors_;
  FrictionKey key_;
  std::uint64_t count_;
  Affected current_{};          // of the customer whose cases come now; without journeys: nobody
  std::vector<Affected> kept_;  // a heap, the oldest on top
};

}  // namespace zhike::journey
