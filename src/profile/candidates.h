// The customers of the store as a table of records for matching: a column for what is known of a person by
// name, whichever source named it how.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "govern/keys.h"
#include "identity/records.h"
#include "match/evaluate.h"
#include "match/table.h"

namespace zhike::profile {

/// In clear: lives as long as a run of matching, and goes nowhere else.
struct Candidates {
  match::Table table;                 ///< ids: the smallest subject of the record
  std::vector<CustomerId> customers;  ///< by record: who it is today
  std::vector<SubjectId> subjects;    ///< by record: its smallest
  std::vector<std::uint64_t> prints;  ///< by record: keyed hash of what it says
  std::vector<match::Label> labels;   ///< what people said of two records
  bool cut = false;                   ///< there were more than the limit
};

struct ReadOptions {
  std::size_t records_max = 0;
  /// Called now and then with the share of customers that are read. False: kStopping. Empty: nobody asks.
  std::function<bool(double share)> watch{};
};
/// One snapshot. Errors: of the ledger, kSealBroken, kStopping.
[[nodiscard]] Result<Candidates> read_candidates(ledger::Db& identity_db, const govern::Keys& keys,
                                                 const ReadOptions& options);

/// As those who may see customers may see a value of a column: "138****8000".
[[nodiscard]] std::string masked_cell(std::string_view column, const std::string& value);

}  // namespace zhike::profile
