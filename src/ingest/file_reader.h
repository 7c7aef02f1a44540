// One file of an import, row by row: CSV through a mapping, or JSON lines of Segment calls.
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
  [[nodiscard]] virtual const TextSource& source() const = 0;
  virtual void add_notes(std::vector<std::string>& notes) const = 0;

  /// `rule`: of the mapping; null for JSON lines. Borrows both.
  [[nodiscard]] static Result<std::unique_ptr<FileReader>> open(const std::filesystem::path& file,
                                                                const Mapping& mapping, const FileRule* rule);
};

/// "events.jsonl", "events.ndjson.gz": Segment calls, which need no mapping.
[[nodiscard]] bool is_json_lines(const std::filesystem::path& file);

}  // namespace zhike::ingest
