// Why two records are, or are not, one customer: what each comparison adds to the weight.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "match/resolve.h"
#include "match/scorer.h"

namespace zhike::match {

struct Step {
  std::string column{};
  Level level = kMissing;
  std::string_view level_name{};
  double weight = 0;
  double value_weight = 0;  ///< the part of it that a rare or common value adds or takes
};

/// The prior, then a step for each comparison: a waterfall that ends at `total`, in log2 odds.
struct Waterfall {
  double prior = 0, total = 0;
  std::vector<Step> steps{};
};

/// Explains many pairs of one resolution; borrows it. One thread.
class Explainer {
 public:
  explicit Explainer(const Resolution& resolution);
  [[nodiscard]] Waterfall explain(std::uint32_t a, std::uint32_t b);

 private:
  const Resolution& resolution_;
  Weights weights_;
  Scorer scorer_;
};

}  // namespace zhike::match
