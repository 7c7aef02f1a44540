// The lines of a text that are not blank, one at a time, none longer than a limit.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ingest/bytes.h"

namespace zhike::ingest {

/// One thread.
class Lines {
 public:
  enum class Next { kLine, kTooLong, kEnd };
  Lines(std::unique_ptr<TextSource> source, std::size_t bytes_max)
      : source_(std::move(source)), bytes_max_(bytes_max) {}

  /// kTooLong: text() is the beginning of the line. Errors: of the source.
  [[nodiscard]] Result<Next> next();
  /// Without the blanks around it; valid until the next call of next().
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::uint64_t line() const { return line_; }
  [[nodiscard]] const TextSource& source() const { return *source_; }

 private:
  std::unique_ptr<TextSource> source_;
  std::size_t bytes_max_;
  std::string buffer_;
  std::string_view text_;
  std::size_t begin_ = 0;
  std::uint64_t line_ = 0;
  bool finished_ = false, skipping_ = false;
};

}  // namespace zhike::ingest
