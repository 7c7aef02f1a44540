// What commands of matching write and print.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

#include "base/result.h"

namespace zhike::cli {

/// Rows of CSV to a file, piece by piece.
class CsvFile {
 public:
  explicit CsvFile(const std::string& path) : path_(path), file_(path, std::ios::binary | std::ios::trunc) {}
  void cell(std::string_view text);
  void number(double value);
  void end_row() {
    buffer_.push_back('\n');
    constexpr std::size_t kPiece = 1 << 20;
    if (buffer_.size() > kPiece) flush();
  }
  [[nodiscard]] Result<void> close();  ///< Errors: kFileFailed, kDiskFull

 private:
  void flush() {
    file_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
  }
  std::string path_, buffer_;
  std::ofstream file_;
};

/// The most memory that this process had, in MiB.
[[nodiscard]] double peak_mib();

}  // namespace zhike::cli
