// A trained model: classes, quantised weights, the temperature of its probabilities, and a card.
#pragma once

#include <boost/json/object.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/features.h"
#include "text/language.h"
#include "text/linear.h"

namespace zhike::text {

/// Immutable once made; may be shared between threads.
struct Model {
  std::vector<std::string> classes;      ///< at least 2
  Language language = Language::kOther;  ///< of most texts it was trained on
  Grams grams = Grams::kWords;
  unsigned bits = 20;  ///< 1 << bits buckets
  float temperature = 1;
  std::vector<float> bias;           ///< columns
  std::vector<float> scale;          ///< columns: the largest weight
  std::vector<std::int8_t> weights;  ///< bucket × columns: see weight_of
  boost::json::object card;          ///< files, licences, rows, date, settings, figures

  [[nodiscard]] LinearShape shape() const {
    return {.bits = bits, .classes = static_cast<std::uint32_t>(classes.size())};
  }
};

/// Weights of a byte: ±(q / 127)² of the column's largest, so that the many small ones keep their digits.
[[nodiscard]] std::array<float, 256> weights_of_bytes(float scale) noexcept;
/// Replaces bias, scale and weights.
void quantise(const Linear& linear, Model& model);

/// Reads texts with a model. Borrows it. Belongs to one thread.
class Reader {
 public:
  explicit Reader(const Model& model);
  /// Probabilities by class, adding up to 1; valid until the next call. Any text will do: one without known
  /// features gets the shares of the training.
  [[nodiscard]] std::span<const float> read(std::u32string_view normalized);
  [[nodiscard]] std::span<const float> read(std::string_view text);
  /// Of the buckets of a text (sorted, each once).
  [[nodiscard]] std::span<const float> read_buckets(std::span<const std::uint32_t> buckets);
  [[nodiscard]] const Model& model() const { return model_; }
  /// Scores of the buckets of a text (sorted, each once): columns, before the temperature.
  [[nodiscard]] std::span<const float> score(std::span<const std::uint32_t> buckets);

 private:
  const Model& model_;
  std::vector<std::array<float, 256>> values_;  ///< by column and byte
  std::vector<std::uint32_t> features_;
  std::vector<float> scores_, chances_;
};

/// The buckets of features (sorted, each once), in place.
void to_buckets(std::vector<std::uint32_t>& features, unsigned bits);

}  // namespace zhike::text
