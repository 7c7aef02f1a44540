// What commands that read texts share: the file that they write, and the answer that they give.
#pragma once

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/console.h"
#include "cli/resolve_output.h"
#include "cli/text_files.h"
#include "text/own_words.h"

namespace zhike::cli {

/// One run over texts: measures itself, writes rows to --out where there is one. Belongs to one thread.
class Reading {
 public:
  /// Notes what could not be read. Borrows all.
  Reading(Console& console, const TextCommand& command, const LabelledTexts& texts);

  /// A row of the file; nothing without --out. `file` stands in front where there are several files.
  [[nodiscard]] bool writes() const { return out_.has_value(); }
  void head(std::vector<std::string_view> names);
  [[nodiscard]] CsvFile& begin_row(std::size_t text);
  void end_row() { out_->end_row(); }

  /// Adds rows, rows that could not be read, seconds and texts a second to the answer and prints it. kPartly
  /// when rows were left out. Errors: those of the file.
  [[nodiscard]] Result<int> end(json::object answer);

 private:
  using Clock = std::chrono::steady_clock;

  Console& console_;
  const TextCommand& command_;
  const LabelledTexts& texts_;
  std::optional<CsvFile> out_;
  Clock::time_point start_ = Clock::now();
};

/// The first characters of a text, on one line.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t characters);

/// Words of the file --dictionary; none without. Errors: kBadFile, those of reading it.
[[nodiscard]] Result<std::vector<std::u32string>> words_of(const TextCommand& command);

}  // namespace zhike::cli
