// Labelled texts to a model.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/evaluate.h"
#include "text/model.h"

namespace zhike::text {

struct Example {
  std::string_view text;
  std::uint32_t label = 0;  ///< a class
  float weight = 1;         ///< how many texts it counts for; above 0
};

struct TrainOptions {
  std::uint64_t seed = 1;
  unsigned bits = 21;  ///< 1 << bits buckets, kBitsMin to kBitsMax; a byte of the model for each and column
};

struct Trained {
  Model model;              ///< its card has the settings and the figures of the held-out part, and no files
  Evaluation held_out;      ///< of the model before it saw them
  std::uint64_t empty = 0;  ///< texts without anything in them: left out
};

/// A tenth of the texts, by their hash, is held out: it gives the temperature and the figures of the card;
/// the model is then trained on all. The same examples in the same order, classes and options give the same
/// model, bit for bit, on one machine and build. On as many threads as there are processors. Memory: about 3
/// KiB a text, and 24 bytes for each bucket and column. Errors: kBadTextLabels (a class with fewer than ten
/// texts; more classes than buckets allow).
[[nodiscard]] Result<Trained> train(std::span<const Example> examples,
                                    const std::vector<std::string>& classes, const TrainOptions& options);

}  // namespace zhike::text
