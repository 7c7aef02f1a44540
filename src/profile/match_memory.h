// What a run of matching leaves for the next: its model, and a print of every record that it saw, so that a
// later run need only compare what is new or has changed; and, of one that was ended before, what it had
// done. Sealed files, as prints tell of clear values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "govern/keys.h"
#include "match/resolve.h"
#include "profile/candidates.h"

namespace zhike::profile {

struct MatchMemory {
  std::string model;  ///< TOML (match/model.h)
  std::vector<std::pair<SubjectId, std::uint64_t>>
      prints;  ///< a record's smallest subject, what it said; sorted

  [[nodiscard]] static MatchMemory of(std::string model, const Candidates& candidates);
  /// Nothing: there is none, or it is of another version or damaged: then everything is compared again.
  [[nodiscard]] static std::optional<MatchMemory> load(const std::filesystem::path& file,
                                                       const govern::Keys& keys);
  /// Errors: kFileFailed, kDiskFull.
  [[nodiscard]] Result<void> save(const std::filesystem::path& file, const govern::Keys& keys) const;

  /// The record was seen as it is.
  [[nodiscard]] bool knows(SubjectId subject, std::uint64_t print) const;
};

/// A run that was ended while it compared or later. Records go by subject, as their numbers are of one
/// reading.
struct UnfinishedRun {
  struct Pair {
    SubjectId a{}, b{};
    float weight = 0;  ///< log2 odds
  };
  bool only_new = false;  ///< as it was asked for: profile/review.h
  std::optional<double> merge_from{};
  std::optional<double> expected_matches{};  ///< these four: match::Unfinished
  std::size_t rules = 0;
  double compared_pairs = 0;
  std::vector<Pair> pairs{};
  MatchMemory seen{};             ///< its model, and the records that it compared
  std::vector<double> numbers{};  ///< of the model, to the last digit, which its text rounds

  [[nodiscard]] static UnfinishedRun of(const match::Unfinished& done, const Candidates& candidates);
  /// With the numbers of `candidates`; pairs of a record that is gone or says something else now are left
  /// out. Errors: kBadMatchModel.
  [[nodiscard]] Result<match::Unfinished> go_on(const Candidates& candidates) const;

  /// Nothing: there is none, or it is of another version or damaged.
  [[nodiscard]] static std::optional<UnfinishedRun> load(const std::filesystem::path& file,
                                                         const govern::Keys& keys);
  /// Errors: kFileFailed, kDiskFull.
  [[nodiscard]] Result<void> save(const std::filesystem::path& file, const govern::Keys& keys) const;
};

}  // namespace zhike::profile
