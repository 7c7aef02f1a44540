// One thread that runs due jobs, one after the other.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "job/jobs.h"

namespace zhike::job {

class Worker {
 public:
  using Handler = std::function<Result<void>(const Job&)>;

  /// `lease`: longer than any handler takes. `jobs` is borrowed.
  Worker(Jobs& jobs, Millis lease = minutes(10)) : jobs_(jobs), lease_(lease) {}
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Before start(). A job of a kind without handler fails and is tried again.
  void on(std::string kind, Handler handler) { handlers_[std::move(kind)] = std::move(handler); }
  void start();
  /// Waits for the running handler.
  void stop();
  /// Looks at once instead of within a second. Any thread.
  void wake();

  /// Runs what is due now, on the caller's thread: for tests and the command line. Answers how many ran.
  [[nodiscard]] Result<std::size_t> run_due();

 private:
  void loop();

  Jobs& jobs_;
  const Millis lease_;
  std::map<std::string, Handler, std::less<>> handlers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_
  bool woken_ = false;     // guarded by mutex_
  std::thread thread_;
};

}  // namespace zhike::job
