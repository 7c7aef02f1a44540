// Logistic regression over hashed binary features, scaled by log-count ratios (NB-SVM) and rarity.
// Pure: the same rows and settings give the same weights. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace zhike::text {

/// Texts as rows of buckets. Row i has buckets[begins[i], begins[i + 1]).
struct Rows {
  std::vector<std::uint32_t> buckets;  ///< below 1 << bits
  std::vector<std::size_t> begins{0};
  std::vector<std::uint32_t> labels;  ///< of each row: below `classes`
  std::vector<float> weights;         ///< of each row: how many of its kind it counts for; above 0
  [[nodiscard]] std::size_t size() const { return labels.size(); }
  [[nodiscard]] std::span<const std::uint32_t> row(std::size_t i) const {
    return std::span(buckets).subspan(begins[i], begins[i + 1] - begins[i]);
  }
  void append(std::span<const std::uint32_t> row, std::uint32_t label, float weight);
};

struct LinearShape {
  unsigned bits = 20;         ///< 1 << bits buckets
  std::uint32_t classes = 2;  ///< at least 2
  /// Two classes share one column: its score is for the second, its negative for the first.
  [[nodiscard]] std::uint32_t columns() const { return classes == 2 ? 1 : classes; }
  [[nodiscard]] std::size_t weights() const { return (std::size_t{1} << bits) * columns(); }
};

struct Linear {
  LinearShape shape;
  std::vector<float> weights;  ///< bucket × columns
  std::vector<float> bias;     ///< columns
};

/// What a text's weights are divided by: the root of the number of its features, so that long texts are not
/// surer by length alone.
[[nodiscard]] float length_scale(std::size_t features) noexcept;

/// Turns scores (columns) into probabilities (classes): softmax of score / temperature; sigmoid of two
/// classes.
void to_probabilities(std::span<const float> scores, float temperature, std::span<float> out) noexcept;

/// Chosen on validation parts of the sets for learning: tools/text_settings.py prints the table.
struct LinearOptions {
  std::uint64_t seed = 1;
  double cost = 1;           ///< of an error, against the size of the weights
  double ratio_least = 0.5;  ///< added to each log-count ratio: a feature that tells nothing yet may learn
  double rarity = 0.5;       ///< power of log(1 + texts / texts that have it)
  double strong = 4;         ///< times, for strong features
  unsigned passes_max = 30;
  double still =
      0.02;  ///< it ends after a pass that moved no dual variable by more than this share of its cost
};

/// Each class against the rest, by dual coordinate descent (Yu, Huang and Lin 2011, "Dual coordinate descent
/// methods for logistic regression and maximum entropy models", algorithm 5) over features scaled by
/// |r| = |log((p / |p|) / (q / |q|))|, p and q the counts of texts plus one (Wang and Manning 2012, section
/// 2.1 and 2.3), and by their rarity. `strong`: by bucket, or empty. Columns are fitted side by side on as
/// many threads as there are processors.
[[nodiscard]] Linear fit(const Rows& rows, const std::vector<bool>& strong, LinearShape shape,
                         const LinearOptions& options);

/// Scores of one row: columns.
void score(const Linear& linear, std::span<const std::uint32_t> buckets, std::span<float> out) noexcept;
/// Scores of all rows: rows × columns.
[[nodiscard]] std::vector<float> score_all(const Linear& linear, const Rows& rows);

}  // namespace zhike::text
