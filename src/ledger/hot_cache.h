// The records that changed since hot.db was last written, in memory: most customers that deal with us now
// deal with us again within seconds, so writing a record once for many blocks is most of what hot state
// costs.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ledger/hot.h"

namespace zhike::ledger {

/// One thread applies and settles; any thread visits. Records that were written stay until there are too
/// many.
class HotCache {
 public:
  struct Entry {
    HotProfile profile;
    bool stored = false;   ///< a row is there
    bool present = false;  ///< a row shall be there
    bool dirty = false;    ///< and what is here differs from it
    std::size_t bytes = 0;
  };
  /// The stored record of a customer, {stored = false} when there is none.
  using Load = std::function<Result<Entry>(CustomerId)>;

  explicit HotCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Merges, then changes, as Hot::apply says. After an error nothing has changed.
  [[nodiscard]] Result<void> apply(BlockId block, std::span<const HotMerge> merges,
                                   std::span<const HotChange> changes, std::span<const HotReplace> replaced,
                                   const Load& load);

  /// What differs from the rows, by customer: neighbours share pages. For the applying thread.
  [[nodiscard]] std::vector<std::pair<CustomerId, const Entry*>> dirty() const;
  /// The rows are now as the records. Forgets all when they are more than half of the bound.
  void settle();
  /// After settle(): frees all.
  void forget();

  [[nodiscard]] bool is_full() const { return bytes_ > bytes_max_; }
  /// Customers present less customers stored.
  [[nodiscard]] std::int64_t growth() const;

  /// Calls `visit(const Entry*)` with nothing applied meanwhile; null: not here.
  template <class Visit>
  auto find(CustomerId customer, Visit visit) const {
    const std::shared_lock lock(mutex_);
    const auto at = entries_.find(customer);
    return visit(at == entries_.end() ? nullptr : &at->second);
  }
  /// Calls `visit(entries)` with nothing applied meanwhile.
  template <class Visit>
  auto all(Visit visit) const {
    const std::shared_lock lock(mutex_);
    return visit(entries_);
  }

 private:
  void merge(BlockId block, CustomerId survivor, CustomerId absorbed);
  void add(BlockId block, CustomerId customer, const HotProfile& more);
  void replace(BlockId block, const HotReplace& whole);
  void put(BlockId block, CustomerId customer, const HotProfile& more);  // under the lock
  void recount(Entry& entry);

  const std::size_t bytes_max_;
  mutable std::shared_mutex mutex_;  // of the maps and records, for readers against the one writer
  std::unordered_map<CustomerId, Entry> entries_;
  std::int64_t growth_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace zhike::ledger
