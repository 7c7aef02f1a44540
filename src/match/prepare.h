// Records as the numbers of their comparable values: what comparing works on.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "match/model.h"
#include "match/table.h"
#include "match/values.h"

namespace zhike::match {

/// Read from any thread.
struct Prepared {
  std::size_t rows = 0, width = 0;
  std::vector<std::uint32_t> codes{};                   ///< by record, then by comparison
  std::vector<std::shared_ptr<const Values>> values{};  ///< by comparison; two that swap share theirs
  std::vector<std::vector<std::uint32_t>> counts{};     ///< by comparison and value: records
  std::vector<std::size_t> shared{};    ///< by comparison: values too many records share, taken as missing
  std::vector<std::uint8_t> sources{};  ///< by record
  std::size_t source_count = 1;
  bool between_sources = false;  ///< only records of different sources are compared
  /// By record: the cluster that it is in since an earlier run, from 1; 0: it is new, and no pair without a
  /// new record is compared. Empty: all are new.
  std::vector<std::uint32_t> known{};

  /// By record: a run that was stopped has compared it, by the first `rules_compared` rules, with all others
  /// of which it is said too. Empty: none.
  std::vector<std::uint8_t> compared{};
  std::size_t rules_compared = 0;

  [[nodiscard]] bool is_known(std::uint32_t record) const { return !known.empty() && known[record] != 0; }
  /// Not compared by the rule with others of which this holds.
  [[nodiscard]] bool is_done(std::uint32_t record, std::size_t rule) const {
    return is_known(record) || (rule < rules_compared && !compared.empty() && compared[record] != 0);
  }
  [[nodiscard]] const std::uint32_t* row(std::size_t record) const { return codes.data() + record * width; }
  /// Pairs that could match: all, or those between the sources.
  [[nodiscard]] double pairs() const;
};

/// Errors: kMatchColumnMissing (a column of a comparison is not in the table).
[[nodiscard]] Result<Prepared> prepare(const Table& table, std::span<const Comparison> comparisons,
                                       bool between_sources, std::size_t threads);

}  // namespace zhike::match
