// What is spent in channels: read from a file, kept in the ledger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/day_range.h"
#include "base/result.h"
#include "base/time.h"
#include "event/grant.h"
#include "govern/audit.h"
#include "ledger/db.h"

namespace zhike::journey {

/// Of one channel in one period.
struct Spending {
  std::string channel{};
  std::string unit{};  ///< whose; empty: of the whole enterprise
  DayRange days{};
  double amount = 0;       ///< at least 0
  std::string currency{};  ///< ISO 4217; empty: not told
  friend bool operator==(const Spending&, const Spending&) = default;
};

struct BadSpending {
  std::uint64_t line = 0;  ///< of the file, from 1
  std::string what;
};
struct SpendingFile {
  std::vector<Spending> good;
  std::vector<BadSpending> bad;
};
inline constexpr std::size_t kSpendingRowsMax = 20'000;  ///< of one file
inline constexpr std::size_t kSpendingKeptMax = 200'000;
inline constexpr double kSpendingMost = 1e12;

/// CSV with a header: channel, period, spend, and where they are told currency and unit; in any order. A
/// period is what parse_day_range() reads. Pure. Errors: kBadField (no table, a column missing, more than
/// kSpendingRowsMax).
[[nodiscard]] Result<SpendingFile> parse_spending(std::string_view csv);

/// Kept in ledger.db; every call reads or writes there. Thread-safe. `db` and `clock` are borrowed.
class SpendingBook {
 public:
  SpendingBook(ledger::Db& db, const govern::Audit& audit, const Clock& clock)
      : db_(db), audit_(audit), clock_(clock) {}

  /// Puts them, all or none; one of the same channel, unit and days is replaced. `replaces_all`: everything
  /// else that the grant covers goes. Audited; the same call again changes nothing. Permission: kManageData.
  /// Errors: kPermissionMissing (also: a unit outside the grant; without a unit and not of all units),
  /// kBadField (days that overlap others of the same channel and unit, too many), the ledger's.
  [[nodiscard]] Result<void> put(const Grant& grant, const std::vector<Spending>& spending,
                                 bool replaces_all);
  /// What the grant covers, newest first, then by channel and unit. Permission: kViewMetrics.
  [[nodiscard]] Result<std::vector<Spending>> list(const Grant& grant) const;

 private:
  ledger::Db& db_;
  govern::Audit audit_;
  const Clock& clock_;
};

/// Whether the grant covers what is spent for the unit.
[[nodiscard]] bool covers(const Grant& grant, std::string_view unit);

}  // namespace zhike::journey
