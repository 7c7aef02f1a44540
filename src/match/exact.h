// Deterministic matching: records that have an identifier in common are one customer. No model, no
// probability; a value that too many records share is nobody's, as in a hotel's phone.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "match/dates.h"
#include "match/kind.h"

namespace zhike::match {

/// One column of identifiers.
struct Identifying {
  Kind kind = Kind::kIdNumber;
  DayOrder day_order = DayOrder::kDayFirst;
};

/// Linear in identifiers: about 40 bytes for each, and 4 for each cell. One thread.
class ExactClusters {
 public:
  struct Options {
    std::uint32_t shared_after = 100;  ///< records; a value of more joins nobody
    std::size_t records = 0;           ///< expected; grows beyond
  };
  ExactClusters(std::vector<Identifying> columns, const Options& options);

  /// The next record's identifiers, one for each column; missing ones join nothing.
  void add(std::span<const std::string_view> cells);

  struct Found {
    std::vector<std::uint32_t> of{};  ///< by record: its cluster, numbered by first record
    std::size_t count = 0;
    std::size_t identifiers = 0;  ///< different values
    std::size_t shared = 0;       ///< of them nobody's
  };
  [[nodiscard]] Found finish();

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  std::uint32_t number_of(const crypto::Hash128& hash);
  void grow();

  const std::vector<Identifying> columns_;
  const Options options_;
  const crypto::Key key_ = crypto::random_key();
  std::vector<std::uint32_t> cells_;       // by record and column: its value's number
  std::vector<crypto::Hash128> values_;    // by number; equal hashes are taken for equal values
  std::vector<std::uint32_t> records_of_;  // by number: how many records have it
  std::vector<std::uint32_t> slots_;       // open addressing: number of a value, or kNone
  std::string text_;
};

}  // namespace zhike::match
