// Files that only the engine can read (Parquet), row by row: a short-lived zhike-engine without a store
// writes them as CSV into a pipe. It has this one file open and nothing else of ours, and its memory is
// bounded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace zhike::warehouse {

/// One thread.
class EngineFile {
 public:
  /// `program`: zhike-engine; empty: find_engine(). `format`: "Parquet".
  /// Errors: kEngineFailed, kFileFailed, kBadFile (not a file).
  [[nodiscard]] static Result<std::unique_ptr<EngineFile>> open(const std::filesystem::path& file,
                                                                const std::string& format,
                                                                const std::filesystem::path& program);
  /// Ends the program.
  virtual ~EngineFile() = default;
  /// Appends the next piece of the CSV; false at the end. Errors: kBadFile (with what the engine said),
  /// kEngineFailed.
  [[nodiscard]] virtual Result<bool> more(std::string& out) = 0;
  [[nodiscard]] virtual std::uint64_t bytes_read() const = 0;  ///< of the file, as far as the kernel tells
  [[nodiscard]] virtual std::uint64_t bytes_total() const = 0;
};

}  // namespace zhike::warehouse
