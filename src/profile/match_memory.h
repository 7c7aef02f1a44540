// What a run of matching leaves for the next: its model, and a print of every record that it saw, so that a
// later run need only compare what is new or has changed. A sealed file, as its prints tell of clear values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "govern/keys.h"
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

}  // namespace zhike::profile
