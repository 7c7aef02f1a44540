// The connectors that work by themselves.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "connector/activity.h"
#include "connector/connector.h"
#include "connector/hosts.h"
#include "connector/store.h"

namespace zhike::connector {

/// Borrowed; outlive the runner.
struct Ports {
  Store& store;
  Inlet& inlet;
  Outlet& outlet;
  const Hosts& hosts;
  const Clock& clock;
  Millis retry_first = seconds(1),
         retry_most = minutes(5);  ///< waits after a failure, doubled from one to the other
};

/// Null for a kind that only waits for calls. Errors: kBadConnector (settings that contradict each other),
/// kHostNotAllowed.
[[nodiscard]] Result<std::unique_ptr<Runner>> make_runner(const Store::Entry& connector,
                                                          const std::shared_ptr<Activity>& activity,
                                                          const Ports& ports);

/// Tries the other side once, within 20 seconds: signs in, or sends a test message. What it said, for the
/// reader. Errors: kConnectorFailed, kConnectorRefused, kHostNotAllowed, kBadConnector.
[[nodiscard]] Result<std::string> try_out(const Connector& connector, const Ports& ports);

/// Writes messages to people. One thread.
class Writer {
 public:
  virtual ~Writer() = default;
  struct Message {
    std::string to;       ///< an openid, an e-mail address
    std::string subject;  ///< where the kind has one
    std::string text;
    /// Beside them, for a gateway: the same id whenever the message is tried, the channel it is meant for,
    /// and the address that the text contains.
    std::string id{}, channel{}, link{};
  };
  /// Errors: kConnectorRefused, kConnectorFailed, kHostNotAllowed, kBadField.
  [[nodiscard]] virtual Result<void> write(const Message& message) = 0;
};

/// Null for a kind that writes to nobody. `stopping` ends a call.
[[nodiscard]] std::unique_ptr<Writer> make_writer(const Connector& connector, const Ports& ports,
                                                  const std::atomic<bool>& stopping);

/// The wait after the nth failure in a row (from 1): doubled each time, and between a half and all of that by
/// chance, so that those that failed together do not come back together.
[[nodiscard]] Millis back_off(unsigned failures, Millis first, Millis most);

}  // namespace zhike::connector
