// Files that are written row by row, in the encodings and with the quirks of real systems.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/file.h"

namespace zhike::world {

enum class Charset : std::uint8_t { kUtf8, kUtf8Bom, kGbk };

/// Buffers up to 1 MiB. The first error is kept and returned by close(); rows after it are dropped. One
/// thread.
class RowFile {
 public:
  /// Replaces the file. Errors: kFileFailed.
  [[nodiscard]] static Result<RowFile> create(const std::filesystem::path& path,
                                              Charset charset = Charset::kUtf8,
                                              std::string_view newline = "\n");

  /// The header, not counted as a row.
  void header(std::string_view line) { put(line); }
  /// A CSV row: cells are quoted where they need it.
  void row(std::initializer_list<std::string_view> cells);
  /// A row as it stands. `broken`: planted to be rejected.
  void line(std::string_view text, bool broken = false);
  /// Writes what is buffered. Errors: the first one met.
  [[nodiscard]] Result<void> close();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::uint64_t broken() const noexcept { return broken_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  RowFile(Fd fd, std::filesystem::path path, Charset charset, std::string_view newline);
  void put(std::string_view text);
  void flush();

  Fd fd_;
  std::filesystem::path path_;
  std::string name_, newline_, buffer_;
  Charset charset_;
  std::uint64_t rows_ = 0, broken_ = 0, bytes_ = 0;
  Result<void> state_;
};

/// UTF-8 to GBK; characters GBK does not have become '?'.
[[nodiscard]] std::string to_gbk(std::string_view utf8);
/// A JSON string with its quotes.
[[nodiscard]] std::string json_text(std::string_view utf8);

}  // namespace zhike::world
