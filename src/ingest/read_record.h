// A journal record as the mover takes it: what was parsed at the door, or calls that are parsed only now.
#pragma once

#include "ingest/gate.h"
#include "ingest/parsed.h"
#include "ingest/segment.h"
#include "ingest/sources.h"
#include "journal/journal.h"

namespace zhike::ingest {

/// Reuses its buffers. One thread. Borrows all; the gate may be null.
class RecordReader {
 public:
  RecordReader(const Sources& sources, const Gate* gate, const Clock& clock)
      : sources_(sources), gate_(gate), clock_(clock) {}

  /// The same record always becomes the same events, except for what the source's rules have become since.
  /// What cannot be read is not skipped: it becomes a reject, whole.
  [[nodiscard]] Parsed read(const journal::Record& record);

 private:
  Result<Parsed> read_calls(const journal::Record& record);
  const Sources& sources_;
  const Gate* gate_;
  const Clock& clock_;
  SegmentParser parser_;
  std::string body_;
};

}  // namespace zhike::ingest
