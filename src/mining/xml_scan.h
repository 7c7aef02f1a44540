// A scanner of XML for large files: tags and their attributes, at the speed of a search for brackets. It
// takes the text in pieces and gives one token after another. It refuses what is not well-formed in its tags,
// and document type declarations; comments and processing instructions are passed over. Namespaces are not
// looked at: the names of elements come without their prefix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace zhike::mining {

struct XmlAttribute {
  std::string_view name, value;  ///< as written: see decode_xml
};

/// One thread.
class XmlScanner {
 public:
  static constexpr std::size_t kDepthMax = 64;
  static constexpr std::size_t kTokenBytesMax = 1 << 20;  ///< of one tag, comment or text

  enum class Token { kBegin, kEnd, kText, kMore, kDone };

  /// `what`: the file, for errors. Text between tags comes only when asked for, and never where it is blank.
  XmlScanner(std::string what, bool with_text) : what_(std::move(what)), with_text_(with_text) {}

  /// Append the next piece (UTF-8) to this. Ends all views.
  [[nodiscard]] std::string& room();
  void finish() noexcept { is_finished_ = true; }  ///< nothing more comes
  /// kMore: append, or finish(). `Error`: kBadFile.
  [[nodiscard]] Result<Token> next();

  /// Of kBegin and kEnd. Views end with the next call of next() or room().
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::span<const XmlAttribute> attributes() const noexcept { return attributes_; }
  [[nodiscard]] std::string_view attribute(std::string_view name) const noexcept;  ///< empty: there is none
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  /// How many elements are open; 1 in the root element. At kBegin with the element, at kEnd without it.
  [[nodiscard]] std::size_t depth() const noexcept { return opened_.size(); }
  [[nodiscard]] std::uint64_t line() const;
  [[nodiscard]] const std::string& what() const noexcept { return what_; }
  [[nodiscard]] std::unexpected<Error> refuse(std::string_view why) const;

 private:
  enum class Scan { kToken, kSkipped, kMore, kBad };
  Result<Token> no_tag();
  Scan tag(const char* open, const char* end);
  Scan skip_to(const char* open, const char* end, std::size_t from, std::string_view mark);
  Scan begin_tag(const char* open, const char* end);
  Scan attribute_at(const char*& at, const char* end);
  Scan end_tag(const char* open, const char* end);
  Scan bad(std::string_view why);
  bool push(std::string_view full);

  std::string what_, buffer_, problem_;
  std::size_t at_ = 0;
  std::uint64_t lines_before_ = 0;
  std::string_view name_, text_;
  std::vector<XmlAttribute> attributes_;
  std::string names_;                // of the open elements, one after the other
  std::vector<std::size_t> opened_;  // where each begins
  Token found_ = Token::kMore;
  bool with_text_, is_finished_ = false, is_empty_tag_ = false, had_root_ = false;
};

/// The text behind an attribute or between tags: the five entities of XML and numbered characters resolved.
/// An unknown entity stays as it is.
[[nodiscard]] std::string decode_xml(std::string_view raw);
/// As XML holds it, in text and in attributes.
[[nodiscard]] std::string encode_xml(std::string_view text);

}  // namespace zhike::mining
