// Proposes what the columns of an unknown file mean: a type for each, and from types and names a mapping that
// a person corrects. Reads the first rows only.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/mapping.h"
#include "ingest/row_reader.h"

namespace zhike::ingest {

enum class ColumnType : std::uint8_t {
  kEmpty,
  kTime,
  kTimeOfDay,
  kNumber,
  kAmount,
  kFlag,
  kEmail,
  kPhone,
  kId,
  kCategory,
  kText
};
[[nodiscard]] std::string_view to_string(ColumnType type) noexcept;  ///< "time_of_day"

struct ColumnGuess {
  std::string name;
  ColumnType type = ColumnType::kEmpty;
  std::string time_format;  ///< of kTime, empty: ISO 8601; of kTimeOfDay, beginning with a blank
  bool has_clock = false;   ///< of kTime: it shows more than the day
  std::size_t filled = 0, distinct = 0;
  double min = 0, max = 0;  ///< of numbers
};

/// Pure. `cells`: of one column, as they come.
[[nodiscard]] ColumnGuess guess_column(std::string_view name, const std::vector<std::string>& cells);

/// A mapping of one file and one event, as a form shows it. Names of columns; empty: none.
struct MappingDraft {
  struct Identifier {
    IdentifierKind kind;
    std::string column;
  };
  std::string source, zone = "UTC", currency;
  std::string format, delimiter, encoding, sheet, records;  ///< empty: found by themselves
  std::string quote;                                        ///< one character; "none"; empty: the usual one
  std::string name, name_column;                            ///< of the event: one of the two
  std::vector<std::string> time_columns;  ///< joined by a blank; none: the time of the import
  std::string time_format;
  std::string id_column;  ///< of the message; empty: a hash of the row
  std::vector<Identifier> identifiers;
  std::string channel, channel_column;  ///< one of the two, or none
  std::string unit_column, session_column, case_column;
  std::string amount_column, decimal = ".";
  std::string score_column, instrument;
  double score_min = 0, score_max = 10;
  std::vector<std::string> text_columns, properties;
  std::vector<std::string> optional;
};
/// As TOML that Mapping::parse reads. Pure.
[[nodiscard]] std::string to_toml(const MappingDraft& draft);

/// The columns with the rows they were guessed from.
struct Sample {
  std::string format, encoding, delimiter, sheet;  ///< as found; empty where the format has none
  std::vector<ColumnGuess> columns;
  std::vector<std::vector<std::string>> rows;
  std::uint64_t bad_rows = 0;
  std::vector<std::string> notes;
};
inline constexpr std::size_t kSampleRows = 1000;

/// `rule`: what is stated of the file already (format, delimiter, encoding, sheet, records). Errors: those of
/// opening; kBadFile (no readable row, with the first reason); kCannotInfer (Segment calls need no mapping).
[[nodiscard]] Result<Sample> sample_file(const std::filesystem::path& file, const FileRule& rule);
/// Errors: kCannotInfer (no column that could name whom a row is about).
[[nodiscard]] Result<MappingDraft> propose(const Sample& sample, const std::filesystem::path& file,
                                           std::string_view zone);

}  // namespace zhike::ingest
