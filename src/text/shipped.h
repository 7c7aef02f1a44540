// The models of sentiment that come with the program. See models/README.md for what they were trained on.
#pragma once

#include <span>

#include "base/result.h"
#include "text/model.h"

namespace zhike::text {

/// One model for Chinese and one for English: negative, positive, and neutral where the model knows it.
/// Unpacked at the first call, within a tenth of a second; they stay. Thread-safe. Errors: kBadTextModel (the
/// program was built from damaged files).
[[nodiscard]] Result<std::span<const Model>> shipped_sentiment();

/// The model for a language: of another language, that for English. `models` is not empty.
[[nodiscard]] const Model& model_for(std::span<const Model> models, Language language) noexcept;

}  // namespace zhike::text
