// A JSON document of any size, piece by piece: walks lists and objects and hands out one value's text at a
// time. It looks at brackets, strings and separators only; whether a value is valid JSON is for its parser.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/bytes.h"

namespace zhike::ingest {

/// One thread. Errors of all: kBadFile (not JSON at this place, or it ends too early), those of the source.
class JsonStream {
 public:
  explicit JsonStream(std::unique_ptr<TextSource> source) : source_(std::move(source)) {}

  /// The next byte that is no blank, not taken; 0: the document has ended.
  [[nodiscard]] Result<char> peek();
  [[nodiscard]] Result<void> take(char wanted);
  /// Within a list or an object, before each entry: moves over the separator; false: it has ended, and its
  /// bracket is taken. `first`: no entry was read yet; becomes false.
  [[nodiscard]] Result<bool> more(char close, bool& first);
  /// A key with its colon, unescaped only where it has no escapes; longer than 4 KB: an error.
  [[nodiscard]] Result<std::string> key();
  /// The text of the next value. Nothing: it is longer than `bytes_max`, and was passed over.
  [[nodiscard]] Result<std::optional<std::string_view>> value(std::size_t bytes_max);
  [[nodiscard]] Result<void> skip();
  [[nodiscard]] const TextSource& source() const { return *source_; }

 private:
  [[nodiscard]] Result<bool> refill();
  [[nodiscard]] Result<void> scan(std::size_t bytes_max, bool& too_long);

  std::unique_ptr<TextSource> source_;
  std::string buffer_, value_;
  std::size_t at_ = 0;
  bool finished_ = false;
};

}  // namespace zhike::ingest
