// Kept lists of customers: who was behind a number on one day, under a name. A list does not change by
// itself. It holds subjects, and whoever a subject belongs to today is the customer, so that joins and splits
// count; a filter asks `list = NAME`. It ends on its day and is removed then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "event/grant.h"
#include "govern/audit.h"
#include "ledger/db.h"

namespace zhike::external {

using CustomerListId = Id<struct CustomerListTag>;

struct CustomerList {
  CustomerListId id;
  std::string name;
  std::string origin;      ///< JSON: how it came about
  std::uint64_t size = 0;  ///< customers when it was made
  bool all_units = false;
  std::vector<std::string> units{};  ///< whose events it was made from
  UserId actor;
  Instant made, expires;
};

struct CustomerListWish {
  std::string name;                     ///< 1 to 120 bytes, taken by no other
  std::string origin = "{}";            ///< JSON, up to 8 KiB
  std::vector<CustomerId> customers{};  ///< 1 to a million; repeats count once
  int days = 90;                        ///< until it ends, 1 to 730
};

/// Kept in ledger.db; every call reads or writes there. Thread-safe. `db` and `clock` are borrowed. A Grant
/// that is limited to units sees the lists that were made from those alone. Permission of every call:
/// kViewCustomers. Errors: kPermissionMissing, the ledger's, and those named.
class CustomerLists {
 public:
  static constexpr std::size_t kListsMax = 1'000, kSizeMax = 1'000'000;
  static constexpr int kDaysMax = 730;

  CustomerLists(ledger::Db& db, const govern::Audit& audit, const Clock& clock)
      : db_(db), audit_(audit), clock_(clock) {}

  [[nodiscard]] Result<std::vector<CustomerList>> list(const Grant& grant) const;  ///< newest first
  /// By its name, or its id as text. Errors: kNotFound.
  [[nodiscard]] Result<CustomerList> find(const Grant& grant, std::string_view name) const;
  /// Audited; removes lists that have ended. Errors: kBadField (see CustomerListWish; too many lists),
  /// kLedgerConflict (the name is taken).
  [[nodiscard]] Result<CustomerList> make(const Grant& grant, CustomerListWish wish) const;
  /// Audited; those of others need kManageData. Errors: kNotFound.
  [[nodiscard]] Result<void> remove(const Grant& grant, CustomerListId id) const;
  /// Who is on it, by the subjects that stood for them when it was made. Errors: kNotFound.
  [[nodiscard]] Result<std::vector<SubjectId>> subjects(const Grant& grant, std::string_view name) const;

 private:
  ledger::Db& db_;
  govern::Audit audit_;
  const Clock& clock_;
};

/// For filters, which show nobody. Permission: kViewCustomers or kViewMetrics. Errors: kPermissionMissing,
/// kNotFound, the ledger's.
[[nodiscard]] Result<CustomerList> find_list(ledger::Db& db, const Grant& grant, std::string_view name,
                                             Instant now);
/// Of a list that find_list() showed. Errors: the ledger's.
[[nodiscard]] Result<std::vector<SubjectId>> subjects_of(ledger::Db& db, const CustomerList& list);

}  // namespace zhike::external
