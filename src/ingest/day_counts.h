// Counters of a source by day of its own zone: what was looked at and what was wrong (quality.h), and how
// often each repair was needed. They are added up in memory and written down every few seconds; after a crash
// the last seconds are missing. What became of events is counted exactly elsewhere (Sources::add_counts).
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <tuple>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "clean/rules.h"
#include "ledger/db.h"

namespace zhike::ingest {

/// Part of the stored format. Repairs follow at kRepairs, in the order of clean::Rule.
enum class Mark : std::uint32_t {
  kLooked = 1,  ///< events looked at, each with the weight of those it stands for
  kExpected,    ///< fields that should be there
  kFilled,      ///< and were
  kValues,      ///< values that were checked
  kInvalid,     ///< and were wrong
  kTimed,       ///< events whose delay is known
  kLate,        ///< and was above kLateAfter
  kTyped,       ///< values with an established type
  kMistyped,    ///< that were of another
  kRepairs = 100,
};
[[nodiscard]] constexpr Mark mark_of(clean::Rule rule) noexcept {
  return static_cast<Mark>(static_cast<std::uint32_t>(Mark::kRepairs) + static_cast<std::uint32_t>(rule));
}

/// Days since 1970-01-01 of the zone's calendar.
[[nodiscard]] std::int64_t day_of(Instant at, const Zone& zone);

/// Thread-safe. Borrows the ledger.
class DayCounts {
 public:
  explicit DayCounts(ledger::Db& ledger) : ledger_(ledger) {}

  struct Entry {
    SourceId source;
    std::int64_t day = 0;
    Mark mark{};
    std::uint64_t value = 0;
  };
  void add(const std::vector<Entry>& entries);
  void add(SourceId source, std::int64_t day, const clean::Tally& tally);
  /// Writes down what was added. Errors: of the ledger; nothing is lost then.
  [[nodiscard]] Result<void> save();
  /// Days [first, last] by day and mark, what is still in memory included.
  [[nodiscard]] Result<std::map<std::int64_t, std::map<Mark, std::uint64_t>>> read(SourceId source,
                                                                                   std::int64_t first,
                                                                                   std::int64_t last);

 private:
  using Key = std::tuple<std::uint64_t, std::int64_t, std::uint32_t>;  // source, day, mark
  ledger::Db& ledger_;
  std::mutex mutex_;
  std::mutex saving_;  // one at a time; taken before mutex_
  std::map<Key, std::uint64_t> waiting_;
};

}  // namespace zhike::ingest
