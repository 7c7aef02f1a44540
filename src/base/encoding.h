// Text encodings of files: which one a file is in, and its bytes as valid UTF-8, chunk by chunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace zhike {

enum class Encoding : std::uint8_t { kUtf8, kUtf16Le, kUtf16Be, kGb18030, kBig5, kWindows1252 };

[[nodiscard]] std::string_view to_string(Encoding encoding) noexcept;  ///< "gb18030"
/// A name as a mapping gives it, any case: utf-8, utf-16le, utf-16be, gbk, gb2312, gb18030, big5,
/// windows-1252, latin1, iso-8859-1. Errors: kUnknownEncoding.
[[nodiscard]] Result<Encoding> parse_encoding(std::string_view name);

/// Guesses from the beginning of a file (64 KiB is plenty; it may end inside a character): byte-order marks,
/// then zero bytes (UTF-16), validity (UTF-8), and common characters (GB18030 or windows-1252). Big5 is never
/// guessed: it must be declared. Pure.
[[nodiscard]] Encoding detect_encoding(std::string_view prefix) noexcept;

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;
/// The text with every broken sequence replaced by U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

/// Bytes of one encoding to valid UTF-8. A character may be split between chunks; a leading byte-order mark
/// is dropped; what cannot be converted becomes U+FFFD and is counted. Belongs to one thread.
class Utf8Converter {
 public:
  explicit Utf8Converter(Encoding from);
  ~Utf8Converter();
  Utf8Converter(Utf8Converter&&) noexcept;
  Utf8Converter& operator=(Utf8Converter&&) noexcept;

  /// Appends the converted chunk to `out`.
  void convert(std::string_view chunk, std::string& out);
  /// The input has ended: a character that was cut off becomes U+FFFD.
  void finish(std::string& out);
  [[nodiscard]] std::uint64_t replaced() const noexcept { return replaced_; }

 private:
  void convert_utf8(std::string_view bytes, std::string& out);
  void convert_by_table(std::string_view bytes, std::string& out);
  [[nodiscard]] std::size_t broken_length(std::string_view bytes) const noexcept;
  void drop_mark(std::string& out, std::size_t from);

  struct Table;
  std::unique_ptr<Table> table_;  ///< iconv; none for UTF-8
  Encoding from_;
  bool started_ = false;
  std::string rest_;  ///< the beginning of a character whose end is in the next chunk
  std::uint64_t replaced_ = 0;
};

}  // namespace zhike
