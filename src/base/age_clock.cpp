#include "base/age_clock.h"

#include <ctime>

#include "base/log.h"

namespace zhike {
namespace {

bool within(std::int64_t difference, Millis most) {
  return -most.value <= difference && difference <= most.value;
}

}  // namespace

Millis AgeClock::uptime() {
  timespec at{};
  clock_gettime(CLOCK_BOOTTIME, &at);
  return {static_cast<std::int64_t>(at.tv_sec) * 1000 + at.tv_nsec / 1'000'000};
}

AgeClock::AgeClock(const Clock& wall, Uptime pace)
    : wall_(wall), pace_(std::move(pace)), at_(wall.now()), pace_at_(pace_()) {}

Instant AgeClock::step() const {
  const Millis pace = pace_();
  const Instant wall = wall_.now(), expected = at_ + Millis{pace.value - pace_at_.value};
  const Millis off = wall - expected;
  if (!within(off.value, kJump)) {
    if (!doubt_ || !within(off.value - doubt_->by.value, kJump)) {
      doubt_ = Doubt{off, pace};
      log::warn("clock_jumped", {{"by_seconds", off.value / 1000}});
    }
    if (pace.value - doubt_->since.value < kBelievedAfter.value) return expected;
    log::warn("clock_believed", {{"by_seconds", off.value / 1000}});
  }
  doubt_.reset();
  at_ = wall;
  pace_at_ = pace;
  return wall;
}

Instant AgeClock::now() const {
  const std::lock_guard lock(mutex_);
  return step();
}

std::optional<Millis> AgeClock::disagreement() const {
  const std::lock_guard lock(mutex_);
  step();
  if (!doubt_) return std::nullopt;
  return doubt_->by;
}

}  // namespace zhike
