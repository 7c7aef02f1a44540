// The commands by which people teach the reading of comments.
#pragma once

#include <cstdint>
#include <string>

#include "cli/commands.h"
#include "cli/console.h"

namespace zhike::cli {

/// TextCommand has the files and columns of labels.
struct TextLearnCommand : TextCommand {
  std::string event, sentiment;  ///< of a label
  bool remove = false;           ///< the label
  std::string part, note;        ///< model, aspect_model, aspects, routes, words; what was changed
  std::string aspect;            ///< of a label: which aspect of the comment; empty: the comment as a whole
  std::string term;              ///< of files: column of what is spoken of
  bool of_aspects = false;       ///< of retrain: the model of aspects
  std::uint32_t number = 0;      ///< of a version
};
[[nodiscard]] int text_label(Console& console, const TextLearnCommand& command);
[[nodiscard]] int text_retrain(Console& console, const TextLearnCommand& command);
[[nodiscard]] int text_models(Console& console, const TextLearnCommand& command);
[[nodiscard]] int text_use(Console& console, const TextLearnCommand& command);
[[nodiscard]] int text_save(Console& console, const TextLearnCommand& command);

}  // namespace zhike::cli
