// The part of IMAP4rev1 (RFC 3501) that reads a mailbox: signed in already, over any stream. What the server
// says is hostile until read: bounded lines and literals.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace zhike::connector {

/// Bytes to and from a server.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Waits for some; at least one. Errors: the connection has ended, is silent, or is to end.
  [[nodiscard]] virtual Result<std::size_t> read(char* to, std::size_t room) = 0;
  [[nodiscard]] virtual Result<void> write(std::string_view bytes) = 0;
};

/// One thread. Errors of all: kConnectorFailed (the stream's, or an answer that is none), kConnectorRefused
/// (NO or BAD).
class Imap {
 public:
  static constexpr std::size_t kLineMax = 4 << 20, kLiteralsMax = 16 << 20;

  explicit Imap(Stream& stream) : stream_(stream) {}

  struct Box {
    std::uint32_t validity = 0, next = 0;  ///< UIDVALIDITY, UIDNEXT
  };
  /// Opens a folder to read only: nothing is marked as seen.
  [[nodiscard]] Result<Box> examine(std::string_view folder);
  /// Which of these ids there are, rising; `since` ("2-Jan-2026"): only of that day or later.
  [[nodiscard]] Result<std::vector<std::uint32_t>> search(std::uint32_t first, std::uint32_t last,
                                                          std::string_view since);
  struct Message {
    std::uint32_t uid = 0;
    std::uint64_t size = 0;
    std::string received;  ///< INTERNALDATE: "17-Jul-2026 02:44:25 +0800"
    std::string bytes;     ///< the first ones
  };
  /// None: it has gone in the meantime.
  [[nodiscard]] Result<std::optional<Message>> fetch(std::uint32_t uid, std::size_t bytes_max);
  /// Says who asks (RFC 2971): some providers open no folder without. Whatever the answer.
  [[nodiscard]] Result<void> introduce();
  [[nodiscard]] Result<void> log_out();

  /// A line of the server, its literals beside it: where one was, the line has a NUL.
  struct Line {
    std::string text;
    std::vector<std::string> literals;
  };

 private:
  /// `each` is called with every untagged line. Errors: also NO and BAD.
  Result<void> command(std::string_view text, const std::function<void(const Line&)>& each);
  Result<Line> line();
  Result<void> fill();

  Stream& stream_;
  std::string buffer_;
  std::size_t at_ = 0;
  unsigned tag_ = 0;
};

/// The name in modified UTF-7 (RFC 3501, 5.1.3): "收件箱" → "&ZTZO9nux-". Of valid UTF-8.
[[nodiscard]] std::string imap_folder(std::string_view name);
/// What a FETCH line says; none: it is no such line. For tests too.
[[nodiscard]] std::optional<Imap::Message> read_fetch(const Imap::Line& line);

}  // namespace zhike::connector
