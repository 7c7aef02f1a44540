// Kafka, by librdkafka. In: a consumer group of its own, whose offsets are committed after the journal has
// what was read. Out: an idempotent producer; the place in what is stored moves on when the brokers have
// confirmed.
#pragma once

#include <memory>

#include "connector/runner.h"

namespace zhike::connector {

/// Errors: kBadConnector, kHostNotAllowed.
[[nodiscard]] Result<std::unique_ptr<Runner>> make_kafka_in(const Store::Entry& connector,
                                                            const std::shared_ptr<Activity>& activity,
                                                            const Ports& ports);
[[nodiscard]] Result<std::unique_ptr<Runner>> make_kafka_out(const Store::Entry& connector,
                                                             const std::shared_ptr<Activity>& activity,
                                                             const Ports& ports);
/// Asks the brokers what they have. Errors: kConnectorFailed, kConnectorRefused (a topic that is not there),
/// kHostNotAllowed, kBadConnector.
[[nodiscard]] Result<std::string> try_kafka(const Connector& connector, const Ports& ports);

}  // namespace zhike::connector
