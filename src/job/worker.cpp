#include "job/worker.h"

#include <chrono>
#include <exception>

#include "base/log.h"

namespace zhike::job {
namespace {

Result<void> run(const Worker::Handler& handler, const Job& job) {
  try {
    return handler(job);
  } catch (const std::exception& thrown) {  // from a library below the handler
    return fail(Code::kInternal, "{}", thrown.what());
  }
}

}  // namespace

void Worker::start() {
  cx_check(!thread_.joinable(), "a worker starts once");
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = false;
  }
  thread_ = std::thread([this] { loop(); });
}

void Worker::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Worker::wake() {
  {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

Result<std::size_t> Worker::run_due() {
  for (std::size_t ran = 0;; ++ran) {
    {
      const std::scoped_lock lock(mutex_);
      if (stopping_) return ran;
    }
    CX_TRY(const auto job, jobs_.claim(lease_));
    if (!job) return ran;
    const auto handler = handlers_.find(job->kind);
    const auto done = handler == handlers_.end()
                          ? Result<void>(fail(Code::kBadJob, "no handler for {}", job->kind))
                          : run(handler->second, *job);
    if (done) {
      CX_TRY(jobs_.complete(*job));
      continue;
    }
    log::warn("job_failed",
              {{"kind", job->kind}, {"attempt", job->attempts}, {"error", to_string(done.error())}});
    CX_TRY(jobs_.fail(*job, done.error()));
  }
}

void Worker::loop() {
  for (;;) {
    const auto ran = run_due();
    if (!ran) log::error("jobs_stalled", ran.error());
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_ || woken_; });
    woken_ = false;
    if (stopping_) return;
  }
}

}  // namespace zhike::job
