// Files of labelled texts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/commands.h"

namespace zhike::cli {

struct LabelledTexts {
  std::vector<std::string> texts;      ///< valid UTF-8; may be empty
  std::vector<std::uint32_t> labels;   ///< of each text: a place in names
  std::vector<std::uint64_t> numbers;  ///< of each text: its row in its file, from 1
  std::vector<std::uint32_t> files;    ///< of each text: the place of its file
  std::vector<std::string> names;      ///< labels as they are written, without blanks at their ends
  std::vector<std::uint64_t> rows_of_files;
  std::vector<std::string> notes;  ///< rows that could not be read or have no label
  std::uint64_t bad = 0;           ///< rows that could not be read
};

/// Any format and encoding that an import reads. The columns are those of the command, whatever the case of
/// their letters; without a column of labels all texts have the label "". Errors: those of the readers,
/// kTextColumnMissing, kBadTextLabels (no row has a label).
[[nodiscard]] Result<LabelledTexts> read_labelled(const TextCommand& command);

}  // namespace zhike::cli
