// Stored events on their way to a destination: in order, at least once, at its own pace. A destination has
// its own thread and its own place in what is stored, so one that is dead slows nothing else and needs no
// queue. What it does not want, or did not take in the hours it was given, is kept as a letter that can be
// sent again.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "connector/runner.h"

namespace zhike::connector {

/// kHold: the destination is not as it should be; the same is sent again, with growing waits, for hold_hours.
/// kRetry: again, up to `attempts` times. kUnwanted: these events are not wanted.
enum class Outcome : std::uint8_t { kTaken, kHold, kRetry, kUnwanted };

struct Attempt {
  Outcome outcome = Outcome::kTaken;
  Error why{};           ///< unless taken
  bool answered = true;  ///< false: nobody said anything; of no meaning when it is to end
  std::optional<Millis> retry_after{};
};

/// How a destination takes events. One thread.
class Destination {
 public:
  virtual ~Destination() = default;
  /// `id`: of the newest event in it; a repeat has the same id and the same body.
  [[nodiscard]] virtual Attempt send(std::string_view id, const std::string& body) = 0;
};

/// Makes the destination; what it does ends soon after `stopping`.
using MakeDestination = std::unique_ptr<Destination> (*)(const Connector&, const Ports&,
                                                         const std::atomic<bool>& stopping);

/// Of a kind with the settings begin, batch, attempts and hold_hours. A body is the event's JSON; where batch
/// is above 1, {"events": [...]}.
[[nodiscard]] std::unique_ptr<Runner> make_delivery(const Store::Entry& connector,
                                                    const std::shared_ptr<Activity>& activity,
                                                    const Ports& ports, MakeDestination make);

}  // namespace zhike::connector
