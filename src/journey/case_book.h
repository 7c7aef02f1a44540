// The cases of every kind of journey, and of all journeys (the default definition), kept beside the events:
// behind what arrives, the customers whose events, or who they are, changed are cut anew, and nobody else.
// See docs/decisions/0025-cases-are-kept-customer-by-customer.md.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/repeated.h"
#include "base/result.h"
#include "base/time.h"
#include "journey/definitions.h"
#include "ledger/db.h"
#include "warehouse/client.h"

namespace zhike::journey {

/// Thread-safe. Borrows all parts.
///
/// A customer's cases are one row, which is written again whole, so a round that was cut short may be done
/// again. Where the rules of a definition or what kinds of events mean change, all is cut anew beside what is
/// there, which answers until then. Errors of every call: the ledger's and the client's.
class CaseBook {
 public:
  struct Parts {
    ledger::Db& ledger;
    warehouse::Client& client;
    const Definitions definitions;
    const Clock& clock;
    std::function<BlockId()> arrived;  ///< the newest block in the warehouse
    /// Every customer that one of these subjects has ever belonged to, in any order, some of them twice.
    std::function<Result<std::vector<std::uint64_t>>(std::span<const std::uint64_t> subjects)> former;
  };
  static constexpr Millis kRest{3'000};            ///< between looks, at least
  static constexpr std::int64_t kRestTimes = 19;   ///< and so often what the last one took: a twentieth
  static constexpr std::size_t kSetMax = 200'000;  ///< customers; more: all events are read instead

  explicit CaseBook(Parts parts) : parts_(std::move(parts)) {}
  ~CaseBook() { stop(); }
  CaseBook(const CaseBook&) = delete;
  CaseBook& operator=(const CaseBook&) = delete;

  void start();  ///< once
  void stop() { thread_.stop(); }

  /// The cut that holds the cases of that definition, by the rules that it has now. None: it is not made yet,
  /// more than a tenth of all blocks has come since, or the definition is none of those that are kept.
  struct Kept {
    std::uint32_t cut = 0;
    std::uint64_t upto = 0;  ///< event id: all up to here are in it
  };
  [[nodiscard]] Result<std::optional<Kept>> kept(const Definition& definition);

  /// Looks at what has changed, on the caller's thread. Answers how many rows (a customer of a definition)
  /// were written; none while the store has not taken over who is who.
  [[nodiscard]] Result<std::uint64_t> follow();

 private:
  struct Cut {
    std::uint32_t id = 0;
    std::string definition, shape;
    std::uint32_t kinds_upto = 0;
    std::string kinds_hash;
    std::uint64_t mark = 0, map_version = 0, round = 0;
    bool in_use = false;
  };
  /// How far the store is, and what kinds of events mean in it.
  struct Seen {
    std::uint64_t upto = 0, map_version = 0;
    std::uint32_t kinds_upto = 0;
    std::string kinds_hash;
  };
  using Changed = std::optional<std::vector<std::uint64_t>>;  // customers, ascending; none: all

  Result<std::vector<Cut>> cuts();
  Result<void> forget(const Cut& cut);
  Result<std::optional<Seen>> look(std::uint64_t map_version);
  Result<std::string> hash_upto(std::uint32_t kinds_upto);
  Result<std::uint64_t> begin(const Definition& definition, const Seen& seen, const std::vector<Cut>& known);
  Result<std::uint64_t> go_on(const Definition& definition, const Cut& cut, const Seen& seen);
  Result<const std::vector<std::uint64_t>*> changed(const Cut& cut, const Seen& seen);
  Result<std::uint64_t> write(const Definition& definition, const Cut& cut,
                              const std::vector<std::uint64_t>* customers);

  Parts parts_;
  std::mutex following_;  // one caller of follow() at a time; guards the next
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::uint64_t>> changed_;  // of this round
  Repeated thread_;
};

}  // namespace zhike::journey
