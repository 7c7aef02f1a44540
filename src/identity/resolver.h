// The mover's side of identity: decides a block's claims in memory, over a bounded cache, and writes the
// effects in one go. One thread. The rules are in graph.h.
//
// Invariants: a subject's identifier never changes; customers only grow, so a refused join stays refused;
// what the caches hold equals the database as of the last transaction that committed, or the running one.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "identity/cache.h"
#include "identity/store.h"

namespace zhike::identity {

class Resolver {
 public:
  Resolver(const govern::Keys& keys, std::size_t cached_max);
  [[nodiscard]] Result<Outcome> resolve(ledger::Tx& tx, std::span<const Claim> claims);
  void forget();

 private:
  /// One distinct identifier text of the batch.
  struct Slot {
    const Identifier* identifier = nullptr;
    std::uint32_t same_as = 0;  ///< itself, or another slot that is the same subject
    bool unusable = false, is_new = false, cached_value = false, cached_state = false;
    SubjectState state;
    Instant first_seen;
    crypto::Hash128 text;  ///< of kind and text as it arrived: the key of values_
    crypto::Hash128 hash;  ///< of kind and comparable form, as stored; once looked up
    std::string normal;
  };

  [[nodiscard]] Result<Outcome> run(ledger::Tx& tx, std::span<const Claim> claims);
  void start();
  void gather(std::span<const Claim> claims);
  [[nodiscard]] std::uint32_t slot_of(const Identifier& identifier);
  void adopt(std::uint32_t slot, const SubjectState& state);
  [[nodiscard]] std::uint32_t canonical(std::uint32_t slot) const;
  [[nodiscard]] Result<void> look_up(ledger::Tx& tx);
  [[nodiscard]] Result<void> decide(ledger::Tx& tx, const Claim& claim, std::span<const std::uint32_t> slots);
  void create(std::uint32_t slot, const Claim& claim);
  [[nodiscard]] Result<void> try_join(ledger::Tx& tx, const Claim& claim, std::uint32_t left,
                                      std::uint32_t right);
  [[nodiscard]] Result<void> load(ledger::Tx& tx, CustomerId customer);
  [[nodiscard]] Result<void> refuse(ledger::Tx& tx, const Claim& claim, Slot& suspect, const Slot& other,
                                    ConflictReason reason);
  [[nodiscard]] Result<void> join(ledger::Tx& tx, const Claim& claim, const Slot& left, const Slot& right);
  void note_change(const MapChange& change);
  [[nodiscard]] Result<void> flush(ledger::Tx& tx);
  void remember();

  const govern::Keys& keys_;
  const crypto::Key hash_key_;
  const crypto::Key table_key_;  // of this process

  Cache<crypto::Hash128, SubjectId> values_;  // text → subject; unset: unusable
  Cache<SubjectId, SubjectState> subjects_;
  Cache<crypto::Hash128, bool> refused_;  // {suspect, other}
  std::optional<Counters> next_;

  // Of the running batch.
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> refs_;    // slots of every claim, one after the other
  std::vector<std::uint32_t> chosen_;  // per claim the slot that its event belongs to; kNone
  std::vector<std::uint32_t> missing_, created_, own_;
  FlatMap<crypto::Hash128, std::uint32_t> by_text_, by_hash_;
  FlatMap<SubjectId, std::uint32_t> by_subject_;
  FlatMap<CustomerId, std::vector<Member>> customers_;  // loaded or made in this batch
  FlatMap<SubjectId, std::size_t> changed_;             // → outcome_.map_changes
  std::uint64_t first_new_ = 0, claim_first_new_ = 0;
  Outcome outcome_;

  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
};

}  // namespace zhike::identity
