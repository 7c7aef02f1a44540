// Scores to probabilities that can be believed: temperature scaling.
#pragma once

#include <cstdint>
#include <span>

namespace zhike::text {

/// The temperature that gives the least log loss on rows that were not trained on, between 0.05 and 20 (Guo,
/// Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks", section 4.2; of two classes
/// it is Platt scaling without its offset). Scores: rows × columns, as linear.h has them. One without rows.
/// Pure.
[[nodiscard]] float fit_temperature(std::span<const float> scores, std::span<const std::uint32_t> labels,
                                    std::uint32_t classes);

}  // namespace zhike::text
