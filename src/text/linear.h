// Multinomial logistic regression over hashed binary features, scaled by log-count ratios (NB-SVM).
// Pure: the same examples, seed and settings give the same weights. Thread-safe.
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
  [[nodiscard]] std::size_t size() const { return labels.size(); }
  [[nodiscard]] std::span<const std::uint32_t> row(std::size_t i) const {
    return std::span(buckets).subspan(begins[i], begins[i + 1] - begins[i]);
  }
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

struct LinearOptions {
  std::uint64_t seed = 1;
  unsigned epochs_max = 16;
  unsigned patience = 2;  ///< passes without a lower loss on the held-out rows, then it ends
  float rate = 0.2F;
  float l2 = 1e-4F;
  float dropout = 0.3F;  ///< share of features left out in each pass, so that no few carry all
};

/// AdaGrad (Duchi, Hazan and Singer 2011) on the log loss, over features scaled by their log-count ratios,
/// each class against the rest: r = log((p / |p|) / (q / |q|)), p and q the counts of texts plus one (Wang
/// and Manning 2012, section 2.1 and 2.3). `epochs` says how many passes it took; with no held-out rows it
/// takes epochs_max.
[[nodiscard]] Linear fit(const Rows& rows, const Rows& held_out, LinearShape shape,
                         const LinearOptions& options, unsigned& epochs);

/// Scores of one row: columns.
void score(const Linear& linear, std::span<const std::uint32_t> buckets, std::span<float> out) noexcept;
/// Scores of all rows: rows × columns.
[[nodiscard]] std::vector<float> score_all(const Linear& linear, const Rows& rows);

}  // namespace zhike::text
