#include "identity/records.h"

#include <algorithm>
#include <unordered_set>

#include "identity/forest.h"
#include "identity/store.h"
#include "identity/survivor.h"

namespace zhike::identity {
namespace {

/// Joins that are no claim of an event, and hold.
struct Beside {
  std::vector<std::uint64_t> versions;
  std::unordered_set<std::uint64_t> customers;  ///< that they hold together
};

Result<Beside> joins_beside_claims(ledger::Tx& tx) {
  ledger::Statement& row = tx.sql(
      "SELECT j.version, s.customer FROM joins j JOIN subjects s ON s.id = j.left_subject "
      "WHERE j.evidence <> 1 AND j.undone IS NULL ORDER BY j.version");
  Beside out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.versions.push_back(row.u64(0));
    out.customers.insert(row.u64(1));
  }
}

struct Row {
  SubjectId subject;
  IdentifierKind kind{};
  bool shared = false, readable = false;
  std::string wrapped, sealed;
};

class Reader {
 public:
  Reader(ledger::Tx& tx, const govern::Keys& keys, std::uint16_t kinds, Beside beside)
      : tx_(tx), keys_(keys), traits_(keys), kinds_(kinds), beside_(std::move(beside)) {}

  /// False: the user of the records wants no more.
  Result<bool> customer(CustomerId customer, const std::vector<Row>& rows,
                        const std::function<bool(MatchRecord)>& use) {
    std::vector<SubjectId> subjects;
    for (const Row& row : rows) subjects.push_back(row.subject);
    std::vector<std::vector<SubjectId>> groups{subjects};
    if (beside_.customers.contains(customer.value)) {
      std::vector<Member> members;
      for (const Row& row : rows)
        members.push_back({.subject = row.subject, .kind = row.kind, .source = {}, .apart = false});
      CX_TRY(const auto all, store::edges(tx_, members));
      groups = trees(subjects, all, beside_.versions);
    }
    for (std::vector<SubjectId>& group : groups) {
      CX_TRY(MatchRecord record, read(customer, std::move(group), rows));
      if (!use(std::move(record))) return false;
    }
    return true;
  }

 private:
  Result<MatchRecord> read(CustomerId customer, std::vector<SubjectId> group, const std::vector<Row>& rows) {
    MatchRecord out{.customer = customer, .subjects = std::move(group)};
    for (const Row& row : rows) {
      if (!row.readable || row.shared || (kinds_ & kind_bit(row.kind)) == 0) continue;
      if (!std::ranges::binary_search(out.subjects, row.subject)) continue;
      CX_TRY(const crypto::Key key, keys_.unwrap_subject_key(row.subject, row.wrapped));
      CX_TRY(std::string value, crypto::open(key, row.sealed, "identifier/" + row.subject.str()));
      out.identifiers.push_back({.subject = row.subject,
                                 .kind = row.kind,
                                 .value = std::move(value),
                                 .first_seen = {},
                                 .source = {}});
    }
    CX_TRY(auto stated, traits_.stated(tx_, out.subjects));
    out.traits = newest(std::move(stated));
    return out;
  }

  ledger::Tx& tx_;
  const govern::Keys& keys_;
  const Traits traits_;
  const std::uint16_t kinds_;
  const Beside beside_;
};

}  // namespace

Result<void> each_record(ledger::Tx& tx, const govern::Keys& keys, std::uint16_t kinds,
                         const std::function<bool(MatchRecord)>& use) {
  CX_TRY(Beside beside, joins_beside_claims(tx));
  Reader reader(tx, keys, kinds, std::move(beside));
  ledger::Statement& row =
      tx.sql("SELECT id, kind, shared, wrapped, sealed, customer FROM subjects ORDER BY customer");
  std::vector<Row> rows;
  CustomerId customer{};
  const auto finish = [&]() -> Result<bool> {
    if (rows.empty()) return true;
    std::ranges::sort(rows, {}, &Row::subject);
    CX_TRY(const bool more, reader.customer(customer, rows, use));
    rows.clear();
    return more;
  };
  for (;;) {
    CX_TRY(const bool more, row.step());
    const CustomerId next{more ? row.u64(5) : 0};
    if (!more || next != customer) {
      CX_TRY(const bool wanted, finish());
      if (!more || !wanted) return {};
    }
    customer = next;
    rows.push_back({.subject = {row.u64(0)},
                    .kind = static_cast<IdentifierKind>(row.i64(1)),
                    .shared = row.i64(2) != 0,
                    .readable = !row.is_null(3),
                    .wrapped = std::string(row.blob(3)),
                    .sealed = std::string(row.blob(4))});
  }
}

Result<CustomerId> newest_customer(ledger::Tx& tx) {
  ledger::Statement& row = tx.sql("SELECT coalesce(max(customer), 0) FROM subjects");
  CX_TRY(const bool there, row.step());
  cx_check(there, "an aggregate has a row");
  return CustomerId{row.u64(0)};
}

Result<std::vector<Said>> said_by_people(ledger::Tx& tx) {
  std::vector<Said> out;
  ledger::Statement& joined = tx.sql(
      "SELECT left_subject, right_subject FROM joins WHERE evidence <> 1 AND evidence IN ($1, $2) AND undone "
      "IS NULL "
      "ORDER BY version");
  joined.bind(1, static_cast<int>(Evidence::kManual)).bind(2, static_cast<int>(Evidence::kReviewed));
  for (;;) {
    CX_TRY(const bool more, joined.step());
    if (!more) break;
    out.push_back({.left = {joined.u64(0)}, .right = {joined.u64(1)}, .is_match = true});
  }
  ledger::Statement& apart = tx.sql(
      "SELECT subject, other FROM apart WHERE lifted IS NULL AND subject < other ORDER BY subject, other");
  for (;;) {
    CX_TRY(const bool more, apart.step());
    if (!more) return out;
    out.push_back({.left = {apart.u64(0)}, .right = {apart.u64(1)}, .is_match = false});
  }
}

}  // namespace zhike::identity
