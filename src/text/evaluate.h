// A model against labels: accuracy, F1, calibration, confusion, worst errors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace zhike::text {

struct ClassFigures {
  std::uint64_t rows = 0;  ///< that are of the class
  double precision = 0, recall = 0, f1 = 0;
};

struct Mistake {
  std::uint64_t row = 0;  ///< as it was given to add()
  std::uint32_t truth = 0, predicted = 0;
  float confidence = 0;  ///< probability of what was predicted
};

struct Evaluation {
  std::uint64_t rows = 0;
  double accuracy = 0;
  double macro_f1 = 0;  ///< mean over the classes that occur in truth or prediction
  double ece = 0;       ///< expected calibration error
  std::vector<ClassFigures> classes;
  std::vector<std::uint64_t> confusion;  ///< truth × predicted
  std::vector<Mistake> worst;            ///< surest first
};

inline constexpr std::size_t kWorstKept = 20;

/// Counts predictions; the order of rows changes nothing but which of equally sure mistakes are kept. One
/// thread.
///
/// The calibration error: predictions in 15 bins of equal width by their confidence; the mean distance
/// between a bin's share of right answers and its mean confidence, weighted by rows (Guo, Pleiss, Sun and
/// Weinberger 2017, eq. 3).
class Evaluator {
 public:
  explicit Evaluator(std::uint32_t classes);
  /// `chances`: by class, adding up to 1. The likeliest is the prediction, the first of equals.
  void add(std::uint64_t row, std::uint32_t truth, std::span<const float> chances);
  [[nodiscard]] Evaluation result() const;

 private:
  static constexpr std::size_t kBins = 15;
  struct Bin {
    std::uint64_t rows = 0, right = 0;
    std::uint64_t confidence = 0;  ///< in units of 2⁻³²: sums of whole numbers do not depend on their order
  };

  std::uint32_t classes_;
  std::vector<std::uint64_t> confusion_;
  std::vector<Bin> bins_;
  std::vector<Mistake> worst_;  ///< a heap: the least sure on top
};

}  // namespace zhike::text
