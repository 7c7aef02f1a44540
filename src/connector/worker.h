// What runners share: a thread that waits without delaying its end.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/time.h"
#include "connector/connector.h"

namespace zhike::connector {

class Worker : public Runner {
 public:
  ~Worker() override { end(); }
  void start() override {
    thread_ = std::thread([this] { run(); });
  }
  void stop() override { end(); }
  void wake() override {
    {
      const std::lock_guard lock(mutex_);
      woken_ = true;
    }
    changed_.notify_all();
  }

 protected:
  virtual void run() = 0;
  /// Derived classes call it in their destructors: run() uses what they own.
  void end() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] bool stopping() const { return stopping_; }
  /// Until the time is over, something woke it, or it is to end.
  void wait(Millis time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(time.value), [this] { return stopping_ || woken_; });
    woken_ = false;
  }
  std::atomic<bool> stopping_{false};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  std::thread thread_;
};

}  // namespace zhike::connector
