// The mover's side of identity: decides a block's claims in memory, over a bounded cache, and writes the
// effects in one go. One thread, but for write(). The rules are in graph.h.
//
// Invariants: a subject's identifier never changes; a refused join stays refused while nobody is split off
// and the rules are the same; what the caches hold equals the database as of the last transaction that
// committed, or the running one.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "identity/cache.h"
#include "identity/store.h"

namespace zhike::identity {

class Resolver {
 public:
  Resolver(const govern::Keys& keys, std::size_t cached_max);
  [[nodiscard]] Result<Outcome> resolve(ledger::Tx& tx, std::span<const Claim> claims,
                                        std::span<const Decision> decisions,
                                        std::shared_ptr<const Rules> rules);
  /// What resolve() came to; nothing, where it had to write that itself. See Graph::resolve_in_memory().
  [[nodiscard]] Result<void> write(ledger::Tx& tx);
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

  /// Why a join is tried.
  struct Why {
    SourceId source{};
    Instant at{};
    Evidence evidence = Evidence::kClaim;
    std::uint16_t verified = 0;
  };

  [[nodiscard]] Result<Outcome> run(ledger::Tx& tx, std::span<const Claim> claims,
                                    std::span<const Decision> decisions);
  void start();
  void gather(std::span<const Claim> claims);
  [[nodiscard]] std::optional<crypto::Hash128> text_of(const Identifier& identifier) const;
  [[nodiscard]] std::uint32_t slot_of(const Identifier& identifier, const crypto::Hash128& text);
  void adopt(std::uint32_t slot, const SubjectState& state);
  [[nodiscard]] std::uint32_t canonical(std::uint32_t slot) const;
  [[nodiscard]] Result<void> look_up(ledger::Tx& tx);
  [[nodiscard]] Result<void> decide(ledger::Tx& tx, const Claim& claim, std::span<const std::uint32_t> slots);
  void create(std::uint32_t slot, const Claim& claim);
  void use(std::shared_ptr<const Rules> rules);
  [[nodiscard]] Result<void> mark_verified(ledger::Tx& tx, const Claim& claim);
  [[nodiscard]] Result<void> link(ledger::Tx& tx, const Claim& claim);
  [[nodiscard]] Result<void> try_join(ledger::Tx& tx, const Why& why, std::uint32_t left,
                                      std::uint32_t right);
  [[nodiscard]] Result<void> load(ledger::Tx& tx, CustomerId customer);
  [[nodiscard]] Result<std::optional<ConflictReason>> obstacle(ledger::Tx& tx, const Why& why,
                                                               std::uint32_t left, std::uint32_t right);
  /// Who a join would be of: the slot named, and those who are one with it.
  struct Side {
    std::uint32_t slot;
    std::span<const Member> members;
  };
  [[nodiscard]] Result<std::optional<ConflictReason>> between(ledger::Tx& tx, const Why& why,
                                                              const Side& left, const Side& right);
  [[nodiscard]] Result<void> note_untried(ledger::Tx& tx, const Why& why, std::uint32_t left,
                                          std::uint32_t right);
  [[nodiscard]] bool is_refused(const Why& why, std::uint32_t left, std::uint32_t right);
  using Parts = std::unordered_map<SubjectId, std::size_t>;
  [[nodiscard]] Result<const Parts*> parts_by_events(ledger::Tx& tx, CustomerId customer);
  [[nodiscard]] Result<bool> are_one_by_events(ledger::Tx& tx, std::uint32_t left, std::uint32_t right);
  [[nodiscard]] Result<void> join_beside(ledger::Tx& tx, const Why& why, std::uint32_t left,
                                         std::uint32_t right);
  [[nodiscard]] bool may_join(const Why& why, const Slot& slot, std::size_t of_customer) const;
  [[nodiscard]] Result<void> refuse(ledger::Tx& tx, const Why& why, std::uint32_t suspect,
                                    std::uint32_t other, ConflictReason reason);
  void join(const Why& why, std::uint32_t left, std::uint32_t right);
  void note_change(const MapChange& change);
  [[nodiscard]] Result<void> write_joins(ledger::Tx& tx);
  [[nodiscard]] std::vector<store::NewSubject> sealed_subjects() const;
  void remember();

  // resolver_decide.cpp: taking apart, and what people decide.
  [[nodiscard]] Result<std::uint32_t> slot_of_subject(ledger::Tx& tx, SubjectId subject);
  [[nodiscard]] Result<std::vector<Edge>> edges_of(ledger::Tx& tx, CustomerId customer);
  [[nodiscard]] Result<void> take_apart(ledger::Tx& tx, CustomerId customer, std::span<const Edge> edges,
                                        std::span<const std::uint64_t> undone, std::uint64_t version);
  /// Takes back the joins at a subject; by an event (`why`) or a person.
  [[nodiscard]] Result<std::uint64_t> release(ledger::Tx& tx, std::uint32_t slot, DecisionRow why);
  [[nodiscard]] Result<void> unlink(ledger::Tx& tx, const Claim& claim);
  [[nodiscard]] Result<bool> take_over(ledger::Tx& tx, const Why& why, std::uint32_t left,
                                       std::uint32_t right);
  /// An error of these is one of the ledger; a refusal is the answer.
  [[nodiscard]] Result<void> carry_out(ledger::Tx& tx, const Decision& decision, Result<Decided>& answer);
  [[nodiscard]] Result<void> merge(ledger::Tx& tx, const Decision& decision, Result<Decided>& answer);
  [[nodiscard]] Result<void> split(ledger::Tx& tx, const Decision& decision, Result<Decided>& answer);
  [[nodiscard]] Result<void> keep_apart(ledger::Tx& tx, const Decision& decision, Result<Decided>& answer);
  [[nodiscard]] Result<void> share(ledger::Tx& tx, const Decision& decision, Result<Decided>& answer);
  [[nodiscard]] Result<void> lift(ledger::Tx& tx, CustomerId a, CustomerId b, std::uint64_t version);
  [[nodiscard]] Result<void> separate(ledger::Tx& tx, SubjectId a, SubjectId b, std::uint64_t version);
  [[nodiscard]] CustomerId now(SubjectId subject, CustomerId otherwise) const;
  [[nodiscard]] Result<void> try_again(ledger::Tx& tx,
                                       std::span<const std::pair<SubjectId, CustomerId>> subjects,
                                       std::span<const Edge> undone);
  [[nodiscard]] Result<void> restore(ledger::Tx& tx, const Join& join, const Why& why);
  [[nodiscard]] Result<void> make_rebuilds(ledger::Tx& tx);

  const govern::Keys& keys_;
  const crypto::Key hash_key_;
  const crypto::Key table_key_;  // of this process
  std::shared_ptr<const Rules> rules_;
  std::unordered_set<std::string> blocked_;  // of the rules: kind and comparable form

  Cache<crypto::Hash128, SubjectId> values_;  // text → subject; unset: unusable
  Cache<SubjectId, SubjectState> subjects_;
  Cache<crypto::Hash128, bool> refused_;  // {suspect, other}
  std::optional<Counters> next_;
  std::unordered_set<CustomerId> held_;  // together by people, as joins_by_people has it; some are no longer

  // Of the running batch.
  std::vector<Slot> slots_;
  std::vector<std::optional<crypto::Hash128>> texts_;
  std::vector<std::uint32_t> refs_;    // slots of every claim, one after the other
  std::vector<std::uint32_t> chosen_;  // per claim the slot that its event belongs to; kNone
  std::vector<std::uint32_t> missing_, own_;
  std::vector<std::uint32_t> created_;  // not yet written
  FlatMap<crypto::Hash128, std::uint32_t> by_text_, by_hash_;
  FlatMap<SubjectId, std::uint32_t> by_subject_;
  FlatMap<CustomerId, std::vector<Member>> customers_;    // loaded or made in this batch
  std::unordered_map<CustomerId, Parts> parts_;           // of customers that people hold together
  FlatMap<SubjectId, std::size_t> changed_;               // → outcome_.map_changes
  std::vector<Join> joins_;                               // not yet written
  std::vector<MapChange> maps_;                           // as the joins
  std::vector<MapChange> moved_;                          // subjects of earlier batches; as the joins
  std::vector<std::pair<SubjectId, CustomerId>> parted_;  // of customers that were taken apart, and then
  std::uint64_t first_new_ = 0, claim_first_new_ = 0;
  Outcome outcome_;

  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
};

}  // namespace zhike::identity
