// A mailbox, read by IMAP: each mail once, from where it was left, without changing anything there. The place
// (UIDVALIDITY and UID) moves on after the mails are in the journal; a mail that is read again after a crash
// has the same message id.
#pragma once

#include <memory>

#include "connector/mail.h"
#include "connector/runner.h"

namespace zhike::connector {

/// Errors: kBadConnector, kHostNotAllowed.
[[nodiscard]] Result<std::unique_ptr<Runner>> make_email_in(const Store::Entry& connector,
                                                            const std::shared_ptr<Activity>& activity,
                                                            const Ports& ports);
/// Signs in and opens the folder. Errors: kConnectorFailed, kConnectorRefused, kHostNotAllowed,
/// kBadConnector.
[[nodiscard]] Result<std::string> try_email_in(const Connector& connector, const Ports& ports);

/// Where a mail lies, and how much of it was read.
struct MailPlace {
  std::uint32_t validity = 0, uid = 0;
  Instant received;
  std::uint64_t size = 0;
  bool whole = true;
};
/// A mail as messages for the mapping: one; of a bounce one for each recipient. `own`: the addresses of those
/// who answer customers, lower case; "@example.com" is all of a host.
[[nodiscard]] std::vector<Inbound> mail_messages(const Mail& mail, const MailPlace& place,
                                                 const std::vector<std::string>& own);

}  // namespace zhike::connector
