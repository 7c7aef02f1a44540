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

/// A run that was ended while it compared or later.
struct UnfinishedRun {
  bool only_new = false;  ///< as it was asked for: profile/review.h
  std::optional<double> merge_from{};
  match::Unfinished done{};
  /// By number of the record in `done`, which is of one reading: its smallest subject, what it said.
  std::vector<std::pair<SubjectId, std::uint64_t>> records{};

  [[nodiscard]] static UnfinishedRun of(match::Unfinished done, const Candidates& candidates);
  /// With the numbers of `candidates`; pairs of a record that is gone or says something else now are left
  /// out.
  [[nodiscard]] match::Unfinished go_on(const Candidates& candidates) const;

  /// Nothing: there is none, or it is of another version or damaged.
  [[nodiscard]] static std::optional<UnfinishedRun> load(const std::filesystem::path& file,
                                                         const govern::Keys& keys);
  /// Errors: kFileFailed, kDiskFull.
  [[nodiscard]] Result<void> save(const std::filesystem::path& file, const govern::Keys& keys) const;
};

}  // namespace zhike::profile
