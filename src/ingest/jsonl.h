// JSON lines: one call of the Segment protocol a line.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ingest/bytes.h"
#include "ingest/lines.h"
#include "ingest/parsed.h"
#include "ingest/segment.h"

namespace zhike::ingest {

/// One thread.
class JsonLines {
 public:
  static constexpr std::size_t kLineMax = 1 << 20;
  explicit JsonLines(std::unique_ptr<TextSource> source) : lines_(std::move(source), kLineMax) {}

  /// Appends the events of the next line that is not blank, or one reject. False at the end. Errors: of the
  /// source.
  [[nodiscard]] Result<bool> next(Instant now, Parsed& out);
  [[nodiscard]] std::uint64_t line() const { return lines_.line(); }
  [[nodiscard]] const TextSource& source() const { return lines_.source(); }

 private:
  Lines lines_;
  SegmentParser parser_;
};

}  // namespace zhike::ingest
