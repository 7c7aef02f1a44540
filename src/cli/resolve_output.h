// What commands of matching write and print.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

#include "base/result.h"

namespace zhike::cli {

/// Rows of CSV to a file, piece by piece; the file is there when it is whole.
class CsvFile {
 public:
  /// What is no ordinary file (a pipe, /dev/stdout) is written as it comes.
  explicit CsvFile(const std::string& path);
  ~CsvFile();
  CsvFile(const CsvFile&) = delete;
  CsvFile& operator=(const CsvFile&) = delete;
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
  const std::string path_, begun_;  ///< begun_: what is written until it is whole; may be path_
  std::string buffer_;
  std::ofstream file_;
  bool is_whole_ = false;
};

/// The most memory that this process had, in MiB.
[[nodiscard]] double peak_mib();

}  // namespace zhike::cli
