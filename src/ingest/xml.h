// Streaming XML from hostile files: piece by piece, with pauses. Document type declarations, and with them
// all entities, are refused; depth and the text of one element are bounded.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace zhike::ingest {

class XmlHandler {
 public:
  using Attributes = std::span<const std::pair<std::string_view, std::string_view>>;
  virtual ~XmlHandler() = default;
  /// Names come without their namespace prefix, those of attributes with it.
  virtual void begin(std::string_view element, Attributes attributes) = 0;
  virtual void end(std::string_view element) = 0;
  virtual void text(std::string_view piece) = 0;
};

/// Appends the next bytes (UTF-8) to its argument; false at the end.
using XmlFeed = std::function<Result<bool>(std::string&)>;

/// One thread.
class XmlStream {
 public:
  static constexpr std::size_t kDepthMax = 64;

  /// Borrows `handler`. `what`: the file, for errors.
  XmlStream(XmlFeed feed, XmlHandler& handler, std::string what);
  ~XmlStream();
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;

  /// Reads on until the handler pauses (true) or the document ends (false). Errors: kBadFile (not XML, a
  /// document type declaration, too deep, what the handler refused), those of the feed.
  [[nodiscard]] Result<bool> run();
  /// From within the handler: run() returns as soon as this element is handled.
  void pause();
  /// From within the handler: run() fails with this.
  void refuse(std::string why);
  [[nodiscard]] std::uint64_t line() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace zhike::ingest
