#include "identity/graph.h"

#include <algorithm>
#include <cstring>
#include <mutex>

#include "identity/resolver.h"

namespace zhike::identity {
namespace {

class LedgerGraph final : public Graph {
 public:
  LedgerGraph(ledger::Db& db, const govern::Keys& keys, Options options)
      : db_(db), keys_(keys), hash_key_(keys.identifiers()), resolver_(keys, options.cached_max) {}

  Result<Outcome> resolve_in_memory(ledger::Tx& tx, std::span<const Claim> claims,
                                    std::span<const Decision> decisions) override {
    return resolver_.resolve(tx, claims, decisions, rules());
  }
  Result<void> write(ledger::Tx& tx) override { return resolver_.write(tx); }
  void use(std::shared_ptr<const Rules> rules) override {
    const std::lock_guard lock(mutex_);
    rules_ = std::move(rules);
  }
  std::shared_ptr<const Rules> rules() const override {
    const std::lock_guard lock(mutex_);
    return rules_;
  }
  void forget() override { resolver_.forget(); }

  Result<std::optional<CustomerId>> find(const Identifier& identifier) override {
    CX_TRY(const auto known, state_of(identifier));
    return known ? std::optional(known->customer) : std::nullopt;
  }
  Result<std::optional<SubjectId>> subject(const Identifier& identifier) override {
    CX_TRY(const auto known, state_of(identifier));
    return known ? std::optional(known->subject) : std::nullopt;
  }

  Result<std::vector<SubjectId>> find_subjects(std::span<const Identifier> identifiers) override {
    struct Wanted {
      crypto::Hash128 hash;
      std::size_t at;
    };
    std::vector<Wanted> wanted;
    for (std::size_t i = 0; i < identifiers.size(); ++i) {
      const std::string normal = normalize(identifiers[i]);
      if (!normal.empty()) wanted.push_back({identifier_hash(hash_key_, identifiers[i].kind, normal), i});
    }
    // In the order of the table, so that neighbours share pages: as stored, byte by byte.
    std::ranges::sort(wanted, [](const Wanted& a, const Wanted& b) {
      return std::memcmp(&a.hash, &b.hash, sizeof(crypto::Hash128)) < 0;
    });
    std::vector<SubjectId> out(identifiers.size());
    CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
      for (const Wanted& one : wanted) {
        CX_TRY(const auto subject, store::subject_of(tx, one.hash));
        if (subject) out[one.at] = *subject;
      }
      return {};
    }));
    return out;
  }

  Result<CustomerId> customer_of(SubjectId subject) override {
    CustomerId out;
    CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(const SubjectState state, store::by_id(tx, subject));
      out = state.customer;
      return {};
    }));
    return out;
  }

  Result<std::vector<SubjectId>> subjects_of(CustomerId customer) override {
    std::vector<SubjectId> out;
    CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(const auto members, store::members(tx, customer));
      for (const Member& member : members) out.push_back(member.subject);
      return {};
    }));
    return out;
  }

  Result<std::vector<Known>> identifiers_of(CustomerId customer, std::size_t per_kind_max,
                                            std::uint16_t kinds) override {
    std::vector<Known> out;
    CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row = tx.sql(
          "SELECT id, kind, first_seen, wrapped, sealed, source, verified, shared FROM (SELECT id, kind, "
          "first_seen, wrapped, sealed, source, verified, shared, row_number() OVER (PARTITION BY kind ORDER "
          "BY id DESC) AS place FROM subjects WHERE customer = "
          "$1) AS s "
          "WHERE place <= $2 ORDER BY kind, id");
      row.bind(1, customer).bind(2, static_cast<std::uint64_t>(per_kind_max));
      for (;;) {
        CX_TRY(const bool more, row.step());
        if (!more) return {};
        if ((kinds & kind_bit(static_cast<IdentifierKind>(row.i64(1)))) == 0) continue;
        if (row.is_null(3)) continue;  // its key was destroyed: the person asked to be forgotten
        CX_TRY(Known known, open_row(row));
        out.push_back(std::move(known));
      }
    }));
    return out;
  }

  Result<Known> identifier(SubjectId subject) override {
    Known out;
    CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row = tx.sql(
          "SELECT id, kind, first_seen, wrapped, sealed, source, verified, shared FROM subjects WHERE id = "
          "$1");
      CX_TRY(const bool there, row.bind(1, subject).step());
      if (!there || row.is_null(3)) return fail(Code::kNotFound, "subject {}", subject.value);
      CX_TRY(out, open_row(row));
      return {};
    }));
    return out;
  }

 private:
  Result<std::optional<SubjectState>> state_of(const Identifier& identifier) {
    std::optional<SubjectState> out;
    const std::string normal = normalize(identifier);
    if (normal.empty()) return out;
    CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(out, store::by_hash(tx, identifier_hash(hash_key_, identifier.kind, normal)));
      return {};
    }));
    return out;
  }

  Result<Known> open_row(const ledger::Statement& row) const {
    const SubjectId subject{row.u64(0)};
    CX_TRY(const crypto::Key key, keys_.unwrap_subject_key(subject, row.blob(3)));
    CX_TRY(std::string value, crypto::open(key, row.blob(4), "identifier/" + subject.str()));
    return Known{.subject = subject,
                 .kind = static_cast<IdentifierKind>(row.i64(1)),
                 .value = std::move(value),
                 .first_seen = {row.i64(2)},
                 .source = {row.u64(5)},
                 .verified = row.i64(6) != 0,
                 .shared = row.i64(7) != 0};
  }

  ledger::Db& db_;
  const govern::Keys& keys_;
  const crypto::Key hash_key_;
  Resolver resolver_;  // the mover's thread only
  mutable std::mutex mutex_;
  std::shared_ptr<const Rules> rules_ = std::make_shared<const Rules>(Rules::defaults());
};

}  // namespace

Result<std::unique_ptr<Graph>> Graph::open(ledger::Db& db, const govern::Keys& keys, Options options) {
  return std::make_unique<LedgerGraph>(db, keys, options);
}

}  // namespace zhike::identity
