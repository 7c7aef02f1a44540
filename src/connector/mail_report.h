// Mails that no person wrote: delivery reports (RFC 3464) and automatic answers (RFC 3834).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connector/mail.h"

namespace zhike::connector {

/// The recipients of a message/delivery-status part whose delivery failed or waits; at most 100. Pure.
[[nodiscard]] std::vector<MailFailure> delivery_failures(std::string_view status);

struct MailSigns {
  std::string auto_submitted, precedence, list_id, auto_reply, return_path, failed_recipients;  ///< headers
  std::string report_type;  ///< of multipart/report; empty: it is none
  std::string from, subject;
  bool has_status = false;  ///< a delivery-status part is there
};
/// Adds to `failures` what only a header tells. Pure.
[[nodiscard]] MailKind kind_of(const MailSigns& signs, std::vector<MailFailure>& failures);

}  // namespace zhike::connector
