// One file of an import, row by row: any format of rows through a mapping, or JSON lines of Segment calls.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "ingest/bytes.h"
#include "ingest/import.h"

namespace zhike::ingest {

/// One thread.
class FileReader {
 public:
  virtual ~FileReader() = default;
  /// Reads the next row into `out`: its events, or one reject. False at the end.
  [[nodiscard]] virtual Result<bool> next(Instant now, Parsed& out) = 0;
  [[nodiscard]] virtual std::uint64_t line() const = 0;
  [[nodiscard]] virtual std::uint64_t bytes_read() const = 0;  ///< of the file as stored
  [[nodiscard]] virtual std::uint64_t bytes_total() const = 0;
  virtual void add_notes(std::vector<std::string>& notes) const = 0;

  /// `rule`: of the mapping; null: JSON lines of Segment calls. Borrows both.
  [[nodiscard]] static Result<std::unique_ptr<FileReader>> open(const std::filesystem::path& file,
                                                                const Mapping& mapping, const FileRule* rule);
};

/// The rule of the mapping that reads the file; null: it holds Segment calls, which need none.
/// Errors: kNoFileRule, those of detect_format.
[[nodiscard]] Result<const FileRule*> rule_of(const std::filesystem::path& file, const Mapping& mapping);

}  // namespace zhike::ingest
