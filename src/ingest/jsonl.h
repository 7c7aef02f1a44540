// JSON lines: one call of the Segment protocol a line.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ingest/bytes.h"
#include "ingest/parsed.h"
#include "ingest/segment.h"

namespace zhike::ingest {

/// One thread.
class JsonLines {
 public:
  static constexpr std::size_t kLineMax = 1 << 20;
  explicit JsonLines(std::unique_ptr<TextSource> source) : source_(std::move(source)) {}

  /// Appends the events of the next line that is not blank, or one reject. False at the end. Errors: of the
  /// source.
  [[nodiscard]] Result<bool> next(Instant now, Parsed& out);
  [[nodiscard]] std::uint64_t line() const { return line_; }
  [[nodiscard]] const TextSource& source() const { return *source_; }

 private:
  std::unique_ptr<TextSource> source_;
  SegmentParser parser_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::uint64_t line_ = 0;
  bool finished_ = false, skipping_ = false;
};

}  // namespace zhike::ingest
