// A clock for what is deleted or forgotten by its age. It follows another clock, but not its jumps: after one
// it goes on at the pace of the machine's uptime, and believes the new time only when it has held for a day.
// A clock that is set wrong for an hour must not cost the journal, the quarantine or the memory of what was
// seen before.
#pragma once

#include <functional>
#include <mutex>
#include <optional>

#include "base/time.h"

namespace zhike {

/// Thread-safe. Borrows the clock it follows.
class AgeClock final : public Clock {
 public:
  static constexpr Millis kJump = minutes(5);  ///< what a clock may be put right at once
  static constexpr Millis kBelievedAfter = hours(24);
  using Uptime = std::function<Millis()>;  ///< never jumps, and counts the time asleep

  explicit AgeClock(const Clock& wall) : AgeClock(wall, uptime) {}
  AgeClock(const Clock& wall, Uptime pace);

  [[nodiscard]] Instant now() const override;
  /// How far the followed clock is ahead of this one since a jump that is not believed yet; nothing: they
  /// agree.
  [[nodiscard]] std::optional<Millis> disagreement() const;

  [[nodiscard]] static Millis uptime();

 private:
  Instant step() const;

  struct Doubt {
    Millis by, since;
  };
  const Clock& wall_;
  const Uptime pace_;
  mutable std::mutex mutex_;
  mutable Instant at_;  // agreed with the wall at pace_at_
  mutable Millis pace_at_;
  mutable std::optional<Doubt> doubt_;
};

}  // namespace zhike
