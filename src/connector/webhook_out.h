// Stored events to another system, as signed JSON (delivery.h).
//
// What an answer means: 2xx taken. No answer, 3xx, 401, 403, 404, 408, 425, 429, 502, 503, 504: the
// destination is not as it should be; the same events are sent again, with growing waits, for hold_hours.
// Other 5xx: again, up to `attempts` times. Other 4xx: these events are not wanted. Events that are given up
// are kept as a letter, which can be sent again.
#pragma once

#include <memory>

#include "connector/delivery.h"
#include "connector/http_out.h"
#include "connector/runner.h"
#include "connector/signature.h"

namespace zhike::connector {

/// Errors: kBadConnector, kHostNotAllowed.
[[nodiscard]] Result<std::unique_ptr<Runner>> make_webhook_out(const Store::Entry& connector,
                                                               const std::shared_ptr<Activity>& activity,
                                                               const Ports& ports);
/// Sends {"test": true}. Errors: kConnectorRefused (not 2xx), kConnectorFailed, kHostNotAllowed,
/// kBadConnector.
[[nodiscard]] Result<std::string> try_webhook_out(const Connector& connector, const Ports& ports);

/// Of kind message_out: single messages to people, handed to a gateway of one's own that sends them as SMS,
/// in an app or otherwise: {"id", "channel", "to", "subject", "text", "link"}, signed alike. A repeat has the
/// same id, also in the header. Null: its settings contradict each other.
[[nodiscard]] std::unique_ptr<Writer> make_message_writer(const Connector& connector, const Ports& ports,
                                                          const std::atomic<bool>& stopping);

[[nodiscard]] Outcome outcome_of(int status) noexcept;

}  // namespace zhike::connector
