// The models of sentiment that come with the program. See models/README.md for what they were trained on.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "text/labels.h"
#include "text/model.h"

namespace zhike::text {

/// Of Chinese there are two, reviews and posts, and one that tells which of them a text is.
struct ShippedModels {
  Model zh_reviews, zh_posts;  ///< negative, positive
  Model zh_kinds;              ///< posts, reviews
  Model en;                    ///< negative, neutral, positive
  [[nodiscard]] std::array<const Model*, 4> all() const { return {&zh_reviews, &zh_posts, &zh_kinds, &en}; }
};

/// Unpacked at the first call, within a tenth of a second; they stay. Thread-safe. Errors: kBadTextModel (the
/// program was built from damaged files).
[[nodiscard]] Result<const ShippedModels*> shipped_sentiment();

/// Of the bytes of all of them. Thread-safe.
[[nodiscard]] crypto::Hash128 shipped_fingerprint();

inline constexpr std::array kSentimentClasses{kNegative, kNeutral, kPositive};

/// Reads texts with the shipped models. Borrows them. Belongs to one thread.
class SentimentReader {
 public:
  explicit SentimentReader(const ShippedModels& models);
  /// Probabilities by kSentimentClasses, adding up to 1; valid until the next call. Of Chinese text those of
  /// reviews and of posts, by the chance that it is one; of any other language those of English.
  [[nodiscard]] std::span<const float> read(std::u32string_view normalized);

 private:
  Reader reviews_, posts_, kinds_, english_;
  std::vector<std::uint32_t> features_;
  std::array<float, 3> chances_{};
};

}  // namespace zhike::text
