#include "ingest/json_stream.h"

#include "base/result.h"

namespace zhike::ingest {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool ends_scalar(char c) { return c == ',' || c == ']' || c == '}' || c == ':' || is_blank(c); }

}  // namespace

Result<bool> JsonStream::refill() {
  if (finished_) return false;
  buffer_.erase(0, at_);
  at_ = 0;
  const std::size_t before = buffer_.size();
  while (buffer_.size() == before && !finished_) {
    CX_TRY(const bool more, source_->more(buffer_));
    finished_ = !more;
  }
  return buffer_.size() > before;
}

Result<char> JsonStream::peek() {
  for (;;) {
    while (at_ < buffer_.size() && is_blank(buffer_[at_])) ++at_;
    if (at_ < buffer_.size()) return buffer_[at_];
    CX_TRY(const bool more, refill());
    if (!more) return '\0';
  }
}

Result<void> JsonStream::take(char wanted) {
  CX_TRY(const char c, peek());
  if (c != wanted) return fail(Code::kBadFile, "JSON: there should be a {}", wanted);
  ++at_;
  return {};
}

Result<bool> JsonStream::more(char close, bool& first) {
  CX_TRY(const char c, peek());
  if (c == close) {
    ++at_;
    return false;
  }
  if (!first) CX_TRY(take(','));
  first = false;
  return true;
}

Result<std::string> JsonStream::key() {
  constexpr std::size_t kKeyMax = 4096;
  CX_TRY(const char c, peek());
  if (c != '"') return fail(Code::kBadFile, "JSON: there should be a key");
  CX_TRY(const auto text, value(kKeyMax));
  if (!text || text->size() < 2) return fail(Code::kBadFile, "JSON: a key above {} bytes", kKeyMax);
  std::string key(text->substr(1, text->size() - 2));
  CX_TRY(take(':'));
  return key;
}

Result<std::optional<std::string_view>> JsonStream::value(std::size_t bytes_max) {
  bool too_long = false;
  CX_TRY(scan(bytes_max, too_long));
  if (too_long) return std::nullopt;
  return std::string_view(value_);
}

Result<void> JsonStream::skip() {
  bool too_long = false;
  return scan(0, too_long);
}

// Moves over the next value; its text is kept up to `bytes_max`.
Result<void> JsonStream::scan(std::size_t bytes_max, bool& too_long) {
  value_.clear();
  CX_TRY(const char first, peek());
  if (first == '\0' || ends_scalar(first)) return fail(Code::kBadFile, "JSON: there should be a value");
  const bool scalar = first != '{' && first != '[' && first != '"';
  std::size_t depth = 0;
  bool quoted = false, escaped = false;
  for (;;) {
    const std::size_t from = at_;
    bool done = false;
    while (at_ < buffer_.size() && !done) {
      const char c = buffer_[at_];
      if (quoted) {
        if (escaped)
          escaped = false;
        else if (c == '\\')
          escaped = true;
        else if (c == '"')
          quoted = false, done = depth == 0;
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if (c == '}' || c == ']') {
        if (depth == 0) break;
        done = --depth == 0;
      } else if (depth == 0 && scalar && ends_scalar(c)) {
        break;
      }
      ++at_;
    }
    const bool stopped = done || at_ < buffer_.size();
    if (!too_long && value_.size() + (at_ - from) > bytes_max) too_long = true;
    if (!too_long) value_.append(buffer_, from, at_ - from);
    if (stopped) return {};
    CX_TRY(const bool more, refill());
    if (more) continue;
    if (scalar && !quoted) return {};
    return fail(Code::kBadFile, "JSON: the document ends in the middle of a value");
  }
}

}  // namespace zhike::ingest
