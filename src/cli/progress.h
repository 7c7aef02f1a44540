// A progress bar on standard error, when a person is looking: share, rate, time left.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace zhike::cli {

class Progress {
 public:
  /// `shown`: false draws nothing. `unit`: of what is counted; empty: nothing is.
  Progress(bool shown, std::string unit) : shown_(shown), unit_(std::move(unit)) {}
  ~Progress() { clear(); }
  /// `share`: 0 to 1. Draws at most ten times a second.
  void update(double share, std::uint64_t count, std::string_view what);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool shown_;
  std::string unit_;
  Clock::time_point began_ = Clock::now(), drawn_{};
  bool visible_ = false;
};

}  // namespace zhike::cli
