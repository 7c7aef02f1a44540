#include "app/matching.h"

#include "base/log.h"
#include "base/thread.h"

namespace zhike::app {

Matching::~Matching() {
  reviews_.stop();
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) thread_.join();
}

Result<profile::MatchRun> Matching::start(const Grant& grant, const profile::Reviews::Options& options) {
  const std::lock_guard lock(mutex_);
  bool fresh = false;
  CX_TRY(const profile::MatchRun begun, reviews_.begin(grant, options, fresh));
  if (!fresh) return begun;
  if (thread_.joinable()) thread_.join();  // of a run that has ended
  thread_ = std::thread([this, begun, options] {
    constexpr int kSteps = 10;
    name_thread("matching");
    step_back(kSteps);
    if (const auto done = reviews_.run(begun, options); !done) log::error("matching_not_noted", done.error());
  });
  return begun;
}

}  // namespace zhike::app
