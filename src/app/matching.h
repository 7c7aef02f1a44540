// Runs of matching in the background: at most one, on a thread of its own.
#pragma once

#include <mutex>
#include <thread>

#include "profile/review.h"

namespace zhike::app {

/// Borrows everything. Thread-safe.
class Matching {
 public:
  explicit Matching(profile::Reviews& reviews) : reviews_(reviews) {}
  /// Waits for the run on its way.
  ~Matching();
  Matching(const Matching&) = delete;
  Matching& operator=(const Matching&) = delete;

  /// Begins a run, or answers the one that is on its way. Errors: those of Reviews::begin.
  [[nodiscard]] Result<profile::MatchRun> start(const Grant& grant, const profile::Reviews::Options& options);

 private:
  profile::Reviews& reviews_;
  std::mutex mutex_;
  std::thread thread_;
};

}  // namespace zhike::app
