// How files write what a label means: 1 and 0, pos and neg, 正面 and 负面, stars. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace zhike::text {

inline constexpr std::string_view kNegative = "negative", kNeutral = "neutral", kPositive = "positive";

/// The labels of a file as classes.
struct LabelMap {
  std::vector<std::string> classes;                      ///< those of the model first
  std::map<std::string, std::uint32_t, std::less<>> of;  ///< label as written: class
};

/// The classes of a model that is trained on the labels. With `positive`, that label is positive and all
/// others are negative. Labels that all have a usual spelling of sentiment become negative, neutral and
/// positive: words in English and Chinese, {0, 1}, {-1, 1}, {-1, 0, 1}, {1, 2}, {0, 1, 2}, {0, 4}, {0, 2, 4},
/// stars 1 to 5. All others stay what they are, in order. Errors: kBadTextLabels (fewer than two classes,
/// more than kClassesMax, no such label as `positive`).
[[nodiscard]] Result<LabelMap> classes_of(std::span<const std::string> labels, std::string_view positive);

/// The labels as classes of a model. What the model does not know becomes a class behind its own when it is a
/// spelling of sentiment (neutral, for a model of two). Errors: kBadTextLabels.
[[nodiscard]] Result<LabelMap> match_labels(std::span<const std::string> labels,
                                            std::span<const std::string> classes, std::string_view positive);

}  // namespace zhike::text
