// MQTT 3.1.1: messages of devices. Of QoS 1 and 2, what came is acknowledged to the broker only after it is
// in the journal; the session is kept by the broker, so what arrives while this service is away comes
// afterwards.
#pragma once

#include <memory>

#include "connector/runner.h"

namespace zhike::connector {

/// Errors: kBadConnector, kHostNotAllowed.
[[nodiscard]] Result<std::unique_ptr<Runner>> make_mqtt(const Store::Entry& connector,
                                                        const std::shared_ptr<Activity>& activity,
                                                        const Ports& ports);
/// Signs in with a client id of its own. Errors: kConnectorRefused, kConnectorFailed, kHostNotAllowed.
[[nodiscard]] Result<std::string> try_mqtt(const Connector& connector, const Ports& ports);

/// A message as it is handed on: JSON objects and lists as they are, anything else as {"payload": "..."}; the
/// transport says "topic", its levels "topic/1", "topic/2" …, and "message_id".
[[nodiscard]] Inbound mqtt_message(std::string_view topic, std::string_view payload,
                                   std::string_view message_id);

}  // namespace zhike::connector
