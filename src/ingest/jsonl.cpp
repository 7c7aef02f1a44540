#include "ingest/jsonl.h"

#include "base/crypto.h"
#include "ingest/template.h"

namespace zhike::ingest {

Result<bool> JsonLines::next(Instant now, Parsed& out) {
  for (;;) {
    std::size_t end = buffer_.find('\n', begin_);
    while (end == std::string::npos && !finished_ && buffer_.size() - begin_ <= kLineMax) {
      buffer_.erase(0, begin_);
      begin_ = 0;
      const std::size_t before = buffer_.size();
      CX_TRY(const bool more, source_->more(buffer_));
      finished_ = !more;
      end = buffer_.find('\n', before);
    }
    if (end == std::string::npos) {
      if (begin_ >= buffer_.size() && finished_) return false;
      end = buffer_.size();
    }
    const std::string_view all = std::string_view(buffer_).substr(begin_, end - begin_);
    const bool is_cut = end == buffer_.size() && !finished_;
    begin_ = std::min(end + (is_cut ? 0 : 1), buffer_.size());
    const bool continues = skipping_;  // the rest of a line that was too long
    skipping_ = is_cut;
    if (!continues) ++line_;
    const std::string_view text = trim(all);
    if (continues || (text.empty() && !is_cut)) continue;
    if (is_cut || text.size() > kLineMax) {
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
}

}  // namespace zhike::ingest
