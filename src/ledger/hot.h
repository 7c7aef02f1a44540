// Hot state: what an agent's screen or an API call needs of one customer, in a file of its own (hot.db),
// answered without the warehouse: what the events come to. What was stated of it (traits, identifiers) is in
// identity.db. The mover applies blocks in memory, where they are seen at once, and has
// them written every few seconds, many blocks at a time, with the stamp of the last one. Rebuildable from
// identity.db and the warehouse. Everything here is masked: no sensitive value in clear.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "ledger/db.h"

namespace zhike::ledger {

/// One of the last interactions: a reference of at most 48 bytes when stored.
struct Interaction {
  Instant at;
  std::uint64_t event_id = 0;
  std::uint32_t kind = 0;
  std::int64_t amount_minor = 0;  ///< 0: none
  Currency currency{};            ///< of the amount; none: written by an earlier version, the customer's
  float score = -1;               ///< below 0: none
  friend bool operator==(const Interaction&, const Interaction&) = default;
};
inline constexpr std::size_t kInteractionsKept = 50;

/// What a customer has spent in one currency.
struct Spend {
  Currency currency;
  std::int64_t minor = 0;
  std::uint64_t first_event = 0;  ///< that named the currency; the first of all gives the customer's
  friend bool operator==(const Spend&, const Spend&) = default;
};
inline constexpr std::size_t kCurrenciesKept = 8;

struct HotProfile {
  CustomerId customer;
  Instant first_seen, last_seen;
  std::uint64_t events = 0, orders = 0;
  std::vector<Spend> spend;        ///< by first_event, at most kCurrenciesKept
  std::string unit;                ///< home branch or brand: of the latest event that names one
  Instant unit_at;                 ///< of that event
  std::vector<std::string> units;  ///< every unit that has dealt with the customer (scope of a Grant); sorted
  std::vector<std::string> channels;    ///< used so far; sorted
  float nps = -1, csat = -1, ces = -1;  ///< latest answers; below 0: none
  Instant nps_at, csat_at, ces_at;
  std::vector<Interaction> recent;  ///< newest first, at most kInteractionsKept
  std::uint64_t block = 0;          ///< last block applied

  /// In the customer's currency: the one that arrived first.
  [[nodiscard]] Money spent() const {
    return spend.empty() ? Money{} : Money{spend[0].minor, spend[0].currency};
  }
};

/// What one block adds to one customer.
struct HotChange {
  CustomerId customer;
  HotProfile add;  ///< counts and sums to add, latest values to take, interactions to merge in
};
struct HotMerge {
  CustomerId survivor, absorbed;
};
/// A record made anew from all that is known; nothing: the customer has none.
struct HotReplace {
  CustomerId customer;
  std::optional<HotProfile> record;
};

/// Thread-safe; apply and flush take turns. Every call also answers the errors of Db::write and Db::read, and
/// kBadRecord for a damaged record.
class Hot {
 public:
  static constexpr std::size_t kMemoryBytes = 256UL << 20;

  /// hot.db; `page_bytes` of the options is chosen here. Records in memory take about `memory_bytes`.
  [[nodiscard]] static Result<std::unique_ptr<Hot>> open(const Db::Options& options,
                                                         std::size_t memory_bytes = kMemoryBytes);
  virtual ~Hot() = default;  ///< does not flush: what is lost is above the stamp

  /// Applies one block in memory: every reader sees it, but it is lost with the process until flush(). A
  /// block at or below the last one applied is a repeat and changes nothing. Merges come first, in order; a
  /// change of a customer absorbed in this block goes to its survivor. After an error nothing has changed.
  /// Records made anew come last, in place of whatever is there.
  [[nodiscard]] virtual Result<void> apply(BlockId block, std::span<const HotMerge> merges,
                                           std::span<const HotChange> changes,
                                           std::span<const HotReplace> replaced) = 0;
  [[nodiscard]] Result<void> apply(BlockId block, std::span<const HotMerge> merges,
                                   std::span<const HotChange> changes) {
    return apply(block, merges, changes, {});
  }
  /// Writes what was applied, durably, in one transaction.
  [[nodiscard]] virtual Result<void> flush() = 0;
  /// Gives the memory back, after the last flush: for quiet times.
  virtual void forget() = 0;
  /// Memory is used up: the next apply should follow a flush.
  [[nodiscard]] virtual bool is_full() const = 0;
  [[nodiscard]] virtual Result<BlockId> stamp() = 0;  ///< the last block flushed

  /// Errors: kNotFound.
  [[nodiscard]] virtual Result<HotProfile> find(CustomerId customer) = 0;
  /// Newest first by (last_seen, customer), strictly before the given pair ({} and {}: from the newest), for
  /// customers of any of `units` (empty: all; pass a Grant's units unless it has all_units). Cost: the rows
  /// answered, and an index entry for each customer out of scope in between.
  [[nodiscard]] virtual Result<std::vector<HotProfile>> list(Instant before_seen, CustomerId before,
                                                             std::span<const std::string> units,
                                                             std::size_t count) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> count() = 0;
};

}  // namespace zhike::ledger
