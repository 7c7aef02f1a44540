// How right clusters are, pair by pair.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace zhike::match {

/// What a person has said of two records.
struct Label {
  std::uint32_t a = 0, b = 0;
  bool is_match = true;
};

struct Quality {
  double right = 0, wrong = 0, missed = 0;  ///< pairs
  [[nodiscard]] double precision() const { return right + wrong == 0 ? 0 : right / (right + wrong); }
  [[nodiscard]] double recall() const { return right + missed == 0 ? 0 : right / (right + missed); }
  [[nodiscard]] double f1() const { return right == 0 ? 0 : 2 * right / (2 * right + wrong + missed); }
};

/// All pairs of records with a truth; 0 of `truth`: not known, left out.
[[nodiscard]] Quality against_truth(std::span<const std::uint32_t> clusters,
                                    std::span<const std::uint32_t> truth);
/// Labelled pairs only.
[[nodiscard]] Quality against_labels(std::span<const std::uint32_t> clusters, std::span<const Label> labels);

}  // namespace zhike::match
