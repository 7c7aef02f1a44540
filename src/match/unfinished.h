// What a run of matching has done when it is stopped, so that another can go on from there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "match/cluster.h"
#include "match/model.h"

namespace zhike::match {

/// Edges name records by their numbers.
struct Unfinished {
  Model model{};
  /// Of a model that the run has learned itself, whose thresholds are found when all is compared; nothing: of
  /// an earlier run.
  std::optional<double> expected_matches{};
  std::size_t rules = 0;  ///< of the model: all pairs of the first so many are compared
  double compared_pairs = 0;
  std::vector<Edge> edges{};
  std::vector<std::uint8_t> compared{};  ///< by record: it was there, and said what it says now; empty: all
};

/// To the last digit, without `compared`, which is for whoever goes on to find out. Holds names of columns
/// and numbers, no value of a record.
[[nodiscard]] std::string to_bytes(const Unfinished& done);
/// Of a table of so many records. Nothing: damaged, of another version, or of a larger table.
[[nodiscard]] std::optional<Unfinished> parse_unfinished(std::string_view bytes, std::size_t records);

}  // namespace zhike::match
