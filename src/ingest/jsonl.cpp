#include "ingest/jsonl.h"

#include "base/crypto.h"

namespace zhike::ingest {

Result<bool> JsonLines::next(Instant now, Parsed& out) {
  CX_TRY(const Lines::Next found, lines_.next());
  if (found == Lines::Next::kEnd) return false;
  const std::string_view text = lines_.text();
  if (found == Lines::Next::kTooLong) {
    out.rejects.push_back({.reason = Reason::kTooLarge,
                           .form = Form::kSegment,
                           .detail = fmt::format("a line above {} bytes", kLineMax),
                           .origin = {},
                           .mapping = {},
                           .raw = std::string(text.substr(0, kRawMax)),
                           .source = {},
                           .received_at = {}});
    return true;
  }
  // Without a message id the line itself is the id, so that a file imported twice counts once.
  const crypto::Hash128 hash = crypto::fingerprint(text);
  parser_.parse_call(text,
                     {.now = now,
                      .seed = fmt::format("line:{:016x}{:016x}", hash.high, hash.low),
                      .type = {},
                      .correct_clock = false},
                     out);
  return true;
}

}  // namespace zhike::ingest
