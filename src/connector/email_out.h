// Mail to people by SMTP: stored events as messages to those who are to know of them (delivery.h), and single
// messages to customers.
//
// What an answer means: 2xx taken. 4xx, no answer, a sign-in that was refused: the same mail is sent again,
// with growing waits, for hold_hours. Other 5xx (no such recipient, not wanted): kept as a letter at once. A
// repeat has the same Message-ID.
#pragma once

#include <memory>

#include "connector/delivery.h"
#include "connector/runner.h"

namespace zhike::connector {

/// Null where nobody is told of events. Errors: kBadConnector, kHostNotAllowed.
[[nodiscard]] Result<std::unique_ptr<Runner>> make_email_out(const Store::Entry& connector,
                                                             const std::shared_ptr<Activity>& activity,
                                                             const Ports& ports);
/// Sends a test mail to those who are told of events; where nobody is, signs in. Errors: kConnectorRefused,
/// kConnectorFailed, kHostNotAllowed, kBadConnector.
[[nodiscard]] Result<std::string> try_email_out(const Connector& connector, const Ports& ports);
[[nodiscard]] std::unique_ptr<Writer> make_email_writer(const Connector& connector, const Ports& ports,
                                                        const std::atomic<bool>& stopping);

[[nodiscard]] Outcome smtp_outcome(int status) noexcept;

}  // namespace zhike::connector
