// The joins as edges over subjects, as pure functions: which customers are left without some of them, and the
// way between two subjects.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.h"

namespace zhike::identity {

struct Edge {
  std::uint64_t version = 0;
  SubjectId left, right;
  bool by_claim = true;  ///< an event named both; else a person or matching said so
  friend auto operator<=>(const Edge&, const Edge&) = default;
};

/// The connected parts of `subjects` (each by id, and in the order of their smallest), joined by `edges` but
/// for those whose version is in `without`. Edges to other subjects mean nothing.
[[nodiscard]] std::vector<std::vector<SubjectId>> trees(std::span<const SubjectId> subjects,
                                                        std::span<const Edge> edges,
                                                        std::span<const std::uint64_t> without);

/// The first edge on the way from `from` to `to`; nothing: they are in different trees, or the same.
[[nodiscard]] std::optional<Edge> first_step(SubjectId from, SubjectId to, std::span<const Edge> edges);

}  // namespace zhike::identity
