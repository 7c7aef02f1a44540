// The weight of pairs by a model.
#pragma once

#include <cstdint>
#include <vector>

#include "match/compare.h"
#include "match/estimate.h"
#include "match/model.h"
#include "match/prepare.h"

namespace zhike::match {

/// What all scorers of a model share. Read from any thread.
struct Weights {
  std::vector<ByLevel> by_level, if_told;         ///< by comparison, and where one that tells it agrees
  std::vector<std::vector<float>> of_value;       ///< by comparison and value: of having it in common
  std::vector<std::vector<float>> of_value_told;  ///< the same where one that tells it agrees
  std::vector<std::size_t> order;  ///< comparisons, those that decide most for their cost first
  std::vector<double> most;        ///< by comparison: the most that it can add but for a value in common
  double prior = 0;
};
[[nodiscard]] Weights weights_of(const Model& model, const Prepared& records);

/// Borrows all. One thread.
class Scorer {
 public:
  Scorer(const Prepared& records, const Model& model, const Weights& weights);

  /// All levels, packed as in Agreement.
  [[nodiscard]] std::uint64_t levels(std::uint32_t a, std::uint32_t b);
  [[nodiscard]] Level level(std::size_t comparison, std::uint32_t a, std::uint32_t b);
  /// log2 odds; as soon as it is certain that they are below `at_least`, some number below it.
  [[nodiscard]] double score(std::uint32_t a, std::uint32_t b, double at_least);
  /// What one comparison adds.
  [[nodiscard]] double weight(std::size_t comparison, Level level, std::uint32_t a, bool told) const;
  /// Whether a comparison that tells this one agrees.
  [[nodiscard]] bool told(std::size_t comparison, std::uint32_t a, std::uint32_t b);

 private:
  void hold(std::uint32_t a);

  const Prepared& records_;
  const Model& model_;
  const Weights& weights_;
  std::vector<Comparer> comparers_;
  std::uint32_t held_ = ~std::uint32_t{0};
  std::vector<double>
      most_after_;  ///< of the record held: by place in order, what it and those after can add
};

}  // namespace zhike::match
