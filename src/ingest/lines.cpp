#include "ingest/lines.h"

#include <algorithm>

#include "ingest/template.h"

namespace zhike::ingest {

Result<Lines::Next> Lines::next() {
  for (;;) {
    std::size_t end = buffer_.find('\n', begin_);
    while (end == std::string::npos && !finished_ && buffer_.size() - begin_ <= bytes_max_) {
      buffer_.erase(0, begin_);
      begin_ = 0;
      const std::size_t before = buffer_.size();
      CX_TRY(const bool more, source_->more(buffer_));
      finished_ = !more;
      end = buffer_.find('\n', before);
    }
    if (end == std::string::npos) {
      if (begin_ >= buffer_.size() && finished_) return Next::kEnd;
      end = buffer_.size();
    }
    const std::string_view all = std::string_view(buffer_).substr(begin_, end - begin_);
    const bool is_cut = end == buffer_.size() && !finished_;
    begin_ = std::min(end + (is_cut ? 0 : 1), buffer_.size());
    const bool continues = skipping_;  // the rest of a line that was too long
    skipping_ = is_cut;
    if (!continues) ++line_;
    text_ = trim(all);
    if (continues || (text_.empty() && !is_cut)) continue;
    return is_cut || text_.size() > bytes_max_ ? Next::kTooLong : Next::kLine;
  }
}

}  // namespace zhike::ingest
