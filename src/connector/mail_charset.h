// Charsets of mails: by the names that mail programs write, whatever they then send.
#pragma once

#include <string>
#include <string_view>

namespace zhike::connector {

/// Valid UTF-8; what cannot be read becomes U+FFFD. A charset that is missing, unknown or plainly wrong is
/// guessed (UTF-8, GB18030, windows-1252). Pure.
[[nodiscard]] std::string text_of_charset(std::string_view bytes, std::string_view charset);

/// A header's raw value whose encoded words (RFC 2047) read as they are meant: neighbours that split a
/// character between them are one, and the Chinese charsets are named by the one that holds them all, for
/// programs write gb2312 and mean GBK.
[[nodiscard]] std::string with_whole_words(std::string_view header);

}  // namespace zhike::connector
