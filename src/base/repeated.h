// A thread that does the same again and again, with rests, until it is told to stop.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "base/thread.h"
#include "base/time.h"

namespace zhike {

/// Thread-safe.
class Repeated {
 public:
  Repeated() = default;
  ~Repeated() { stop(); }
  Repeated(const Repeated&) = delete;
  Repeated& operator=(const Repeated&) = delete;

  /// Once. `name`: a text that stays, see name_thread(). `round` answers how long to rest after it.
  void start(const char* name, std::function<Millis()> round) {
    thread_ = std::thread([this, name, again = std::move(round)] {
      name_thread(name);
      while (rest(again())) {
      }
    });
  }
  /// Returns when the round that is on has ended.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  /// For long rounds: it is time to end.
  [[nodiscard]] bool is_stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

 private:
  bool rest(Millis longest) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, std::chrono::milliseconds(longest.value), [this] { return stopping_; });
  }
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace zhike
