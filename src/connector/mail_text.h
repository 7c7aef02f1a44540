// The words of a mail: HTML as plain text, and what its writer wrote this time, without what came before.
#pragma once

#include <string>
#include <string_view>

namespace zhike::connector {

struct MailText {
  std::string all;  ///< everything that is shown
  std::string
      own;  ///< without quoted mails and signatures, as far as the markup tells; cut_history() does the rest
};

/// Of valid UTF-8. Scripts, styles and what is hidden are left out. Reads up to 256 KiB. Pure.
[[nodiscard]] MailText text_of_html(std::string_view html);

/// Takes away quoted lines, attributions ("On … wrote:", "… 写道："), everything below the header of an older
/// mail ("-----Original Message-----", "原始邮件", a block of From, Sent, To) and the signature ("-- ", "Sent
/// from my …"). Pure.
[[nodiscard]] std::string cut_history(std::string_view text);

/// Without blanks around lines, and with one empty line at most between them.
[[nodiscard]] std::string without_blanks(std::string_view text);

/// Lines of format=flowed (RFC 3676) joined to paragraphs.
[[nodiscard]] std::string unflowed(std::string_view text, bool delete_space);

}  // namespace zhike::connector
