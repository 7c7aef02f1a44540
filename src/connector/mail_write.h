// A mail to send: composed by GMime, so that no text of it can become a header or another recipient.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "connector/mail.h"

namespace zhike::connector {

struct MailDraft {
  MailAddress from;
  std::vector<std::string> to;
  std::string subject, text;  ///< UTF-8; lines end with \n
  std::string message_id;     ///< "a@b"
  std::string unsubscribe{};  ///< an https or mailto address; empty: none
  Instant date;
};

/// RFC 5322 with CRLF, 7 bits. The addresses must be ones (is_mail_address). Pure.
[[nodiscard]] std::string write_mail(const MailDraft& draft);

/// Whether it can be sent to as it stands: printable ASCII, one @, nothing that means something to SMTP.
[[nodiscard]] bool is_mail_address(std::string_view text) noexcept;
/// "Shop <shop@example.com>", or the address alone. Errors: kBadConnector.
[[nodiscard]] Result<MailAddress> parse_mail_sender(std::string_view text);

/// Events as a mail for people, in "zh" or "en". `body`: an event's JSON or {"events": [...]}; of the
/// template {name}, {source}, {channel}, {touchpoint}, {unit}, {customer_id} are those of the first, {count}
/// how many.
struct EventMail {
  std::string subject, text;
};
[[nodiscard]] EventMail mail_of_events(std::string_view body, std::string_view subject_template,
                                       std::string_view language);

}  // namespace zhike::connector
